import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from imbalearn_builtins.losses.influence_balanced import InfluenceBalancedLoss
from imbalearn_torch import build, errors
from imbalearn_torch.training.step import LossStep, wants_features
from imbalearn_torch.types import Mixed

SOURCE = torch.Generator().manual_seed(8)
LOGITS = 2 * torch.randn(6, 4, generator=SOURCE, dtype=torch.float64)
FEATURES = torch.randn(6, 3, generator=SOURCE, dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 0, 1])


def by_loops(alpha: float) -> list[float]:
    values = []
    for row, label, features in zip(LOGITS.tolist(), TARGETS.tolist(), FEATURES.tolist(), strict=True):
        total = sum(map(math.exp, row))
        p = [math.exp(z) / total for z in row]
        distance = sum(abs(p_k - (k == label)) for k, p_k in enumerate(p))
        values.append(-math.log(p[label]) * alpha / (distance * sum(map(abs, features)) + 1e-3))
    return values


def by_autograd(logits: Tensor, features: Tensor, alpha: float) -> Tensor:
    distance = (logits.softmax(dim=1) - F.one_hot(TARGETS, 4)).abs().sum(dim=1)
    influence = distance * features.abs().sum(dim=1)
    return F.cross_entropy(logits, TARGETS, reduction="none") * alpha / (influence + 1e-3)


@pytest.mark.parametrize("alpha", [1.0, 1000.0])
def test_the_formula_of_the_paper(alpha: float) -> None:
    values = InfluenceBalancedLoss(alpha=alpha, start=0.0, reduction="none")(LOGITS, TARGETS, features=FEATURES)
    assert values.tolist() == pytest.approx(by_loops(alpha), rel=1e-11)


def test_by_hand() -> None:
    # p = (1/2, 1/2), ||p - onehot||_1 = 1, ||h||_1 = 2 + 3 = 5
    loss = InfluenceBalancedLoss(alpha=1000.0, start=0.0)
    value = loss(torch.zeros(1, 2, dtype=torch.float64), torch.tensor([1]), features=torch.tensor([[2.0, -3.0]]))
    assert value.item() == pytest.approx(1000 * math.log(2) / 5.001, rel=1e-12)


def test_nothing_is_held_constant() -> None:
    leaves = [LOGITS.clone().requires_grad_(), FEATURES.clone().requires_grad_()]
    loss = InfluenceBalancedLoss(start=0.0, reduction="none")
    upstream = torch.linspace(-1, 2, 6, dtype=torch.float64)
    ours = torch.autograd.grad(loss(leaves[0], TARGETS, features=leaves[1]), leaves, upstream)
    theirs = torch.autograd.grad(by_autograd(leaves[0], leaves[1], 1000.0), leaves, upstream)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-9, atol=1e-9)
    gentle = InfluenceBalancedLoss(alpha=1.0, start=0.0, reduction="none")
    assert torch.autograd.gradcheck(lambda z, h: gentle(z, TARGETS, features=h), leaves)
    assert torch.autograd.gradgradcheck(lambda z, h: gentle(z, TARGETS, features=h), leaves)


@pytest.mark.parametrize(("start", "epochs", "first"), [(0.5, 10, 5), (0.5, 5, 2), (0.8, 321, 257), (0.0, 4, 0)])
def test_plain_cross_entropy_before_start(start: float, epochs: int, first: int) -> None:
    loss = InfluenceBalancedLoss(start=start, epochs=epochs, reduction="none")
    plain = F.cross_entropy(LOGITS, TARGETS, reduction="none")
    for epoch in (*range(epochs), *range(epochs)):  # a second training with the same object
        loss.set_epoch(epoch)
        values = loss(LOGITS, TARGETS, features=FEATURES)
        assert values.tolist() == pytest.approx(plain.tolist() if epoch < first else by_loops(1000.0), rel=1e-11)


def test_start_1_is_cross_entropy_to_the_end() -> None:
    loss = InfluenceBalancedLoss(start=1.0, epochs=3, reduction="none")
    for epoch in range(3):
        loss.set_epoch(epoch)
        assert torch.equal(loss(LOGITS, TARGETS, features=FEATURES), F.cross_entropy(LOGITS, TARGETS, reduction="none"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_certain_samples_and_features_of_zero_are_finite(dtype: torch.dtype) -> None:
    logits = torch.tensor([[1e4, -1e4], [-1e4, 1e4], [1.0, -1.0]], dtype=dtype, requires_grad=True)
    features = torch.tensor([[1.0, 2.0], [1.0, 2.0], [0.0, 0.0]], dtype=dtype, requires_grad=True)
    loss = InfluenceBalancedLoss(start=0.0, reduction="none")
    values = loss(logits, torch.tensor([0, 0, 0]), features=features)
    values.sum().backward()
    # CE = 0; CE = 2e4 with ||p - onehot||_1 = 2 and ||h||_1 = 3; CE = log(1 + e^-2) with influence 0
    by_hand = [0.0, 2e4 * 1000 / 6.001, math.log1p(math.exp(-2)) * 1e6]
    assert values.tolist() == pytest.approx(by_hand, rel=1e-6)
    assert logits.grad is not None
    assert features.grad is not None
    assert logits.grad.isfinite().all()
    assert features.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened_first(dtype: torch.dtype) -> None:
    loss = InfluenceBalancedLoss(start=0.0, reduction="none")
    logits, features = LOGITS.to(dtype), FEATURES.to(dtype)
    values = loss(logits, TARGETS, features=features)
    assert values.dtype == torch.float32
    assert torch.equal(values, loss(logits.float(), TARGETS, features=features.float()))


def test_reductions() -> None:
    values = InfluenceBalancedLoss(start=0.0, reduction="none")(LOGITS, TARGETS, features=FEATURES)
    for reduction, expected in (("mean", values.mean()), ("sum", values.sum())):
        made = InfluenceBalancedLoss(start=0.0, reduction=reduction)(LOGITS, TARGETS, features=FEATURES)
        torch.testing.assert_close(made, expected, rtol=1e-12, atol=0)


def test_the_engine_passes_features() -> None:
    loss = build("loss", "influence-balanced:start=0", epochs=2, reduction="none")
    assert wants_features(loss)
    lam = torch.full((6,), 0.25)
    mixed = Mixed(torch.empty(6, 0), TARGETS, TARGETS.flip(0), lam)
    total, _ = LossStep(loss, "loss")(LOGITS, FEATURES, mixed, True, None)
    parts = [loss(LOGITS, labels, features=FEATURES).sum() for labels in (TARGETS, TARGETS.flip(0))]
    assert total.item() == pytest.approx(0.25 * parts[0].item() + 0.75 * parts[1].item(), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("alpha=0", "Expected `alpha` to be > 0 and finite, but got 0"),
        ("alpha=-1", "Expected `alpha` to be > 0 and finite, but got -1"),
        ("start=1.5", r"Expected `start` to be in \[0, 1\], but got 1.5"),
    ],
)
def test_options_outside_their_range_are_refused(options: str, message: str) -> None:
    with pytest.raises(errors.OptionError, match=f"^loss 'influence-balanced': {message}"):
        build("loss", f"influence-balanced:{options}", epochs=4)


def test_start_needs_the_length_of_training() -> None:
    assert build("loss", "influence-balanced", epochs=10).first_epoch == 5
    with pytest.raises(errors.OptionError, match=r"Expected `epochs` together with `start`, but got start=0\.5 alone"):
        InfluenceBalancedLoss()
