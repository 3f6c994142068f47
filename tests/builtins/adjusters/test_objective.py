import math

import pytest
import torch
from imblearn.metrics import geometric_mean_score
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from imbalearn_builtins.adjusters.objective import METRICS, Objective

SOURCE = torch.Generator().manual_seed(3)
TARGETS = torch.multinomial(torch.tensor([0.6, 0.3, 0.1]), 80, replacement=True, generator=SOURCE)
PREDICTIONS = torch.where(torch.rand(80, generator=SOURCE) < 0.6, TARGETS, torch.randint(0, 3, (80,), generator=SOURCE))
ORACLES = {
    "macro-f1": lambda y, p: f1_score(y, p, average="macro"),
    "balanced-accuracy": balanced_accuracy_score,
    "accuracy": accuracy_score,
    "gmean": geometric_mean_score,
}


@pytest.mark.parametrize("metric", sorted(ORACLES))
def test_figures_of_other_libraries(metric: str) -> None:
    objective = Objective(metric, torch.bincount(TARGETS))
    assert objective.value(TARGETS, PREDICTIONS) == pytest.approx(ORACLES[metric](TARGETS, PREDICTIONS), abs=1e-12)


@pytest.mark.parametrize("positive", [0, 1])
def test_f1_of_one_class(positive: int) -> None:
    targets, predictions = (TARGETS > 0).long(), (PREDICTIONS > 0).long()
    objective = Objective("f1", torch.bincount(targets), positive=positive)
    assert objective.value(targets, predictions) == pytest.approx(
        f1_score(targets, predictions, pos_label=positive), abs=1e-12
    )


def test_costs_by_hand() -> None:
    costs = torch.tensor([[0.0, 1.0], [5.0, 0.5]], dtype=torch.float64)
    objective = Objective("macro-f1", torch.tensor([2, 2]), costs=costs)
    # right 0; a false alarm 1; a miss 5; found 0.5
    assert objective.value(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])) == -(0 + 1 + 5 + 0.5) / 4


@pytest.mark.parametrize("metric", sorted({*METRICS} - {"f1"}))
def test_a_class_without_images_has_no_share(metric: str) -> None:
    images = torch.bincount(TARGETS, minlength=4)
    with_it = Objective(metric, images).value(TARGETS, PREDICTIONS)
    assert with_it == pytest.approx(Objective(metric, images[:3]).value(TARGETS, PREDICTIONS), abs=1e-12)


def test_a_class_that_is_never_found_makes_the_geometric_mean_0() -> None:
    assert Objective("gmean", torch.bincount(TARGETS)).value(TARGETS, PREDICTIONS.clamp_max(1)) == 0.0


def test_terms_add_up_to_the_logarithm_of_the_geometric_mean() -> None:
    objective = Objective("gmean", torch.bincount(TARGETS))
    hits = torch.bincount(TARGETS[TARGETS == PREDICTIONS])
    total = float(objective.terms(torch.arange(3), hits, torch.bincount(PREDICTIONS)).sum())
    assert total == pytest.approx(math.log(geometric_mean_score(TARGETS, PREDICTIONS)), abs=1e-12)
