import math
import time
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from imbalearn_builtins.adjusters.objective import Objective
from imbalearn_builtins.adjusters.thresholds import Thresholds
from imbalearn_torch import Outputs, build, errors
from imbalearn_torch.adjustment.adjust import adjust

COSTS = (0.0, 1.0, 5.0, 0.0)


def outputs(shares: tuple[float, ...], size: int, seed: int) -> Outputs:
    """Logits of a predictor that favours frequent classes."""
    source = torch.Generator().manual_seed(seed)
    prior = torch.tensor(shares)
    targets = torch.multinomial(prior, size, replacement=True, generator=source)
    logits = torch.randn(size, len(shares), generator=source)
    logits[torch.arange(size), targets] += 1.5
    return Outputs(logits + prior.log(), None, targets)


def built(classes: int, **options: Any) -> Thresholds:
    return Thresholds(class_prior=torch.ones(classes) / classes, **options)


def figure(metric: str, part: Outputs, offsets: Tensor, costs: tuple[float, ...] | None = None) -> float:
    classes = part.logits.shape[1]
    matrix = None if costs is None else torch.tensor(costs, dtype=torch.float64).view(classes, classes)
    objective = Objective(metric, torch.bincount(part.targets, minlength=classes), costs=matrix)
    return objective.value(part.targets, (part.logits.double() + offsets).argmax(dim=1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("metric", ["macro-f1", "balanced-accuracy", "accuracy", "gmean", "f1", "costs"])
def test_two_classes_have_the_best_of_all_thresholds(metric: str, seed: int) -> None:
    val = outputs((0.85, 0.15), 50, seed)
    options = {"costs": COSTS} if metric == "costs" else {"metric": metric}
    name = "macro-f1" if metric == "costs" else metric
    adjuster = built(2, **options)
    chosen = adjuster.fit(val)
    edges = (val.logits[:, 1] - val.logits[:, 0]).double().sort().values
    between = torch.cat([edges[:1] - 1, (edges[1:] + edges[:-1]) / 2, edges[-1:] + 1])
    best = max(figure(name, val, torch.tensor([edge, 0.0]), options.get("costs")) for edge in between.tolist())
    assert figure(name, val, adjuster.offsets, options.get("costs")) == pytest.approx(best, abs=1e-12)
    assert chosen["after"] == pytest.approx(abs(best), abs=1e-12)
    probable = val.logits.double().softmax(1)[:, 1] > chosen["threshold"]
    assert torch.equal(probable.long(), adjuster(val.logits).argmax(1))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("metric", ["macro-f1", "balanced-accuracy", "gmean"])
def test_three_classes_are_as_good_as_a_grid_of_offsets(metric: str, seed: int) -> None:
    val = outputs((0.7, 0.2, 0.1), 40, seed)
    torch.manual_seed(0)
    adjuster = built(3, metric=metric)
    adjuster.fit(val)
    grid = [step / 2.5 for step in range(-10, 11)]
    best = max(figure(metric, val, torch.tensor([0.0, b, c])) for b, c in product(grid, grid))
    assert figure(metric, val, adjuster.offsets) >= best - 1e-12


@pytest.mark.parametrize("metric", ["macro-f1", "balanced-accuracy", "accuracy", "gmean"])
def test_no_single_offset_can_be_improved(metric: str) -> None:
    val = outputs((0.4, 0.2, 0.15, 0.1, 0.1, 0.05), 200, 1)
    torch.manual_seed(0)
    adjuster = built(6, metric=metric)
    chosen = adjuster.fit(val)
    assert chosen["after"] >= chosen["before"]
    assert chosen["after"] == pytest.approx(figure(metric, val, adjuster.offsets), abs=1e-12)
    for label in range(6):
        for step in torch.linspace(-4, 4, 41):
            moved = adjuster.offsets.clone()
            moved[label] += step
            assert figure(metric, val, moved) <= chosen["after"] + 1e-9


def test_for_the_mean_recall_they_come_near_the_known_answer() -> None:
    # The logits are a Bayes classifier's plus log prior: subtracting the log prior is best for the mean recall.
    val, test = outputs((0.8, 0.2), 20_000, 1), outputs((0.8, 0.2), 20_000, 2)
    adjuster = built(2, metric="balanced-accuracy")
    adjuster.fit(val)
    assert float(adjuster.offsets[1] - adjuster.offsets[0]) == pytest.approx(math.log(4), abs=0.2)
    known = figure("balanced-accuracy", test, -torch.tensor([0.8, 0.2]).log())
    assert figure("balanced-accuracy", test, adjuster.offsets) == pytest.approx(known, abs=0.005)


def test_for_costs_they_come_near_the_known_answer() -> None:
    # With probabilities p and these costs, class 1 is worth predicting from p = 1 / (1 + 5) on.
    val = outputs((0.5, 0.5), 20_000, 1)
    val = val._replace(logits=1.5 * val.logits)  # unit variance and means 1.5 apart: log odds are 1.5 times the margin
    assert built(2, costs=COSTS).fit(val)["threshold"] == pytest.approx(1 / 6, abs=0.03)


def test_where_nothing_is_gained_nothing_moves() -> None:
    targets = torch.tensor([0, 0, 1, 2])
    val = Outputs(torch.nn.functional.one_hot(targets, 3).float(), None, targets)
    assert built(3).fit(val)["offsets"] == [0.0, 0.0, 0.0]


def test_a_class_without_validation_images_takes_no_part() -> None:
    val = outputs((0.6, 0.25, 0.15, 0.0), 80, 2)
    val.logits[:, 3] = -1.0
    torch.manual_seed(0)
    adjuster = built(4)
    adjuster.fit(val)
    assert adjuster.offsets[3] == 0.0
    assert float(adjuster.offsets.sum()) == pytest.approx(0.0, abs=1e-9)
    assert adjuster.offsets[:3].abs().max() > 0


def test_a_single_class_has_nothing_to_tune() -> None:
    val = outputs((0.5, 0.5), 20, 3)
    adjuster = built(2, metric="f1")
    assert adjuster.fit(Outputs(val.logits, None, torch.zeros(20, dtype=torch.int64)))["offsets"] == [0.0, 0.0]


def test_equal_logits_move_together() -> None:
    val = Outputs(torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 0.0]] * 4), None, torch.tensor([0, 1, 0, 1, 1, 1, 0]))
    adjuster = built(2, metric="accuracy")
    assert adjuster.fit(val)["after"] == pytest.approx(5 / 7)  # 2 of the first group, 3 of the second


def test_f1_is_that_of_the_rarer_class() -> None:
    assert built(2, metric="f1").positive == 1
    assert built(2, metric="f1", class_counts=torch.tensor([5, 90])).positive == 0
    assert built(2, metric="f1", class_counts=torch.tensor([90, 5])).positive == 1


def test_an_adjuster_after_them_is_told_what_they_left() -> None:
    val = outputs((0.7, 0.2, 0.1), 60, 4)
    prior = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
    builders = [
        lambda prior, text=text: build("adjuster", text, class_prior=prior) for text in ("thresholds", "prior-shift")
    ]
    done = adjust(builders, validation=val, test=val, train=None, head=None, class_prior=prior, seed=0)
    told = prior * torch.tensor(done.chosen[0]["offsets"], dtype=torch.float64).exp()
    torch.testing.assert_close(done.priors[1], told / told.sum(), rtol=0, atol=1e-9)
    # So a shift to the uniform prior says what it would have said without them.
    alone = build("adjuster", "prior-shift", class_prior=prior)(val.logits)
    torch.testing.assert_close(done.test.softmax(1), alone.softmax(1), rtol=0, atol=1e-5)


def test_without_validation_images_they_refuse() -> None:
    with pytest.raises(errors.OptionError, match="Expected validation images to tune thresholds on, but got none"):
        built(3).fit(Outputs(torch.zeros(0, 3), None, torch.zeros(0, dtype=torch.int64)))


def test_saved_and_loaded() -> None:
    val = outputs((0.7, 0.2, 0.1), 60, 4)
    adjuster, fresh = (build("adjuster", "thresholds", class_prior=torch.tensor([7, 2, 1]).flip(n)) for n in ((), (0,)))
    adjuster.fit(val, train=None, head=None)
    fresh.load_state_dict(adjuster.state_dict())
    assert torch.equal(fresh(val.logits), adjuster(val.logits))
    assert torch.equal(fresh.carries, adjuster.carries)


@pytest.mark.parametrize(
    ("classes", "options", "message"),
    [
        (3, {"metric": "f1"}, "Expected two classes for `metric` f1, but there are 3; try macro-f1"),
        (2, {"costs": (0.0, 1.0, 5.0)}, r"Expected `costs` to be 2 x 2 = 4 finite numbers, row by row .* but got 3"),
        (2, {"costs": (0.0, 1.0, 5.0, math.nan)}, "Expected `costs` to be 2 x 2 = 4 finite numbers"),
        (2, {"costs": COSTS, "metric": "accuracy"}, "Expected `metric` or `costs`, but got both: accuracy"),
    ],
)
def test_what_does_not_fit_is_refused(classes: int, options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        built(classes, **options)


def test_a_thousand_images_of_ten_classes_take_seconds() -> None:
    val = outputs((0.5, 0.2, 0.1, 0.05, 0.05, 0.02, 0.02, 0.02, 0.02, 0.02), 1000, 5)
    started = time.process_time()
    built(10).fit(val)
    assert time.process_time() - started < 5
