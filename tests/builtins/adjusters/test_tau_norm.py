import math

import pytest
import torch
from sklearn.metrics import balanced_accuracy_score, f1_score
from torch import nn

from imbalearn_builtins.adjusters.tau_norm import TauNorm
from imbalearn_torch import Outputs, build, errors

SOURCE = torch.Generator().manual_seed(1)
COUNTS = torch.tensor([60, 20, 6])


def biased_head() -> nn.Linear:
    """Rows as long as the classes are frequent."""
    head = nn.Linear(4, 3)
    with torch.no_grad():
        rows = torch.tensor([[1.0, 0, 0, 0.5], [0, 1, 0, 0.5], [0, 0, 1, 0.5]])
        head.weight.copy_(rows * torch.tensor([[4.0], [2.0], [1.0]]))
        head.bias.copy_(torch.tensor([0.3, 0.2, -0.5]))
    return head


HEAD = biased_head()


def part(counts: torch.Tensor) -> Outputs:
    targets = torch.repeat_interleave(torch.arange(3), counts)
    features = nn.functional.one_hot(targets, 4) + 0.4 * torch.rand(len(targets), 4, generator=SOURCE)
    with torch.no_grad():
        return Outputs(HEAD(features), features, targets)


VAL, TEST = part(COUNTS), part(torch.tensor([10, 10, 10]))


def fitted(**options: object) -> TauNorm:
    adjust = TauNorm(**options)  # pyright: ignore[reportArgumentType]
    adjust.fit(VAL, head=HEAD)
    return adjust


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0, 1.7])
def test_by_the_formula(tau: float) -> None:
    logits = fitted(tau=tau)(torch.zeros_like(TEST.logits), TEST.features)
    weight = HEAD.weight.detach()
    wanted = torch.stack(
        [TEST.features @ weight[label] / weight[label].norm() ** tau for label in range(3)],
        dim=1,  # pyright: ignore[reportOptionalOperand]
    )
    torch.testing.assert_close(logits, wanted, rtol=1e-6, atol=1e-6)


def test_tau_1_gives_rows_of_norm_1() -> None:
    weight = fitted(tau=1.0).weight
    assert weight is not None
    assert weight.norm(dim=1).tolist() == pytest.approx([1.0] * 3, abs=1e-12)


def test_tau_0_takes_the_bias_only() -> None:
    logits = fitted(tau=0.0)(TEST.logits, TEST.features)
    torch.testing.assert_close(logits, TEST.logits - HEAD.bias.detach(), rtol=0, atol=1e-5)


def test_rows_of_one_norm_as_of_a_cosine_head_keep_every_prediction() -> None:
    head = nn.Linear(4, 3, bias=False)
    with torch.no_grad():
        head.weight.copy_(30 * nn.functional.normalize(torch.randn(3, 4, generator=SOURCE)))
        val = Outputs(head(VAL.features), VAL.features, VAL.targets)
    adjust = TauNorm()
    assert adjust.fit(val, head=head)["tau"] == 0.0  # all are equally good
    assert torch.equal(adjust(val.logits, val.features).argmax(1), val.logits.argmax(1))


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [
        ("macro-f1", lambda y, p: f1_score(y, p, average="macro")),
        ("balanced-accuracy", balanced_accuracy_score),
        ("accuracy", lambda y, p: float((y == p).float().mean())),
    ],
)
def test_tuned_to_the_best_of_the_grid(metric: str, oracle: object) -> None:
    chosen = TauNorm(metric=metric).fit(VAL, head=HEAD)  # pyright: ignore[reportArgumentType]
    values = {
        tau: oracle(VAL.targets, fitted(tau=tau)(VAL.logits, VAL.features).argmax(1))  # pyright: ignore[reportCallIssue]
        for tau in (step / 20 for step in range(41))
    }
    best = max(values.values())
    assert chosen == {
        "tau": min(tau for tau, value in values.items() if value > best - 1e-12),
        "metric": metric,
        "value": pytest.approx(best, abs=1e-12),
    }
    assert best > values[0.0]  # long rows for frequent classes did harm


def test_a_row_of_zeros_stays_finite() -> None:
    head = nn.Linear(4, 3)
    nn.init.zeros_(head.weight)
    adjust = TauNorm(tau=2.0)
    adjust.fit(VAL, head=head)
    assert adjust(TEST.logits, TEST.features).eq(0).all()


def test_without_validation_images_only_a_given_tau_works() -> None:
    empty = Outputs(torch.zeros(0, 3), torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    assert TauNorm(tau=0.5).fit(empty, head=HEAD) == {"tau": 0.5}
    with pytest.raises(errors.OptionError, match="Expected validation images to tune `tau` of tau-norm on"):
        TauNorm().fit(empty, head=HEAD)


def test_the_head_is_left_as_it_is() -> None:
    before = HEAD.weight.detach().clone()
    fitted(tau=1.0)
    assert torch.equal(HEAD.weight, before)


def test_saved_and_loaded() -> None:
    adjust, fresh = fitted(), build("adjuster", "tau-norm")
    with pytest.raises(errors.OptionError, match="Expected tau-norm to be fitted, but got none"):
        fresh(TEST.logits, TEST.features)
    fresh.load_state_dict(adjust.state_dict())
    assert torch.equal(fresh(TEST.logits, TEST.features), adjust(TEST.logits, TEST.features))


@pytest.mark.parametrize("tau", [-0.1, math.inf, math.nan])
def test_tau_outside_its_range_is_refused(tau: float) -> None:
    with pytest.raises(errors.OptionError, match="Expected `tau` to be >= 0 and finite, or none, but got"):
        TauNorm(tau=tau)
