import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.ops import sigmoid_focal_loss as torchvisions

from imbalearn_builtins.losses.sigmoid_focal import SigmoidFocalLoss, sigmoid_focal_loss
from imbalearn_torch import build, errors

LOGITS = 3 * torch.randn(7, 5, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 4, 0, 2])
OPTIONS = [(gamma, alpha) for gamma in (0.0, 0.5, 1.0, 2.0, 3.5) for alpha in (0.0, 0.25, 0.5, 1.0)]


def oracle(logits: Tensor, targets: Tensor, gamma: float, alpha: float) -> Tensor:
    labels = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return torchvisions(logits, labels, alpha=alpha, gamma=gamma).sum(dim=1)


def test_the_formula_of_the_paper_by_hand() -> None:
    # s = (1/4, 1/2, 3/4), y = 0, gamma = 2, alpha = 1/4
    logits = torch.tensor([[-math.log(3), 0.0, math.log(3)]], dtype=torch.float64)
    by_hand = 0.25 * 0.75**2 * math.log(4) + 0.75 * (0.5**2 * math.log(2) + 0.75**2 * math.log(4))
    assert SigmoidFocalLoss()(logits, torch.tensor([0])).item() == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize(("gamma", "alpha"), OPTIONS)
def test_values_and_gradients_are_those_of_torchvision(gamma: float, alpha: float) -> None:
    ours, theirs = LOGITS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
    upstream = torch.linspace(-1, 2, 7, dtype=torch.float64)
    values, expected = sigmoid_focal_loss(ours, TARGETS, gamma, alpha, "none"), oracle(theirs, TARGETS, gamma, alpha)
    torch.testing.assert_close(values, expected, rtol=0, atol=1e-9)
    values.backward(upstream)
    expected.backward(upstream)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("gamma", "alpha"), [(0.0, 0.5), (0.5, 0.25), (2.0, 0.25), (3.0, 1.0)])
def test_first_and_second_derivatives_are_those_of_finite_differences(gamma: float, alpha: float) -> None:
    logits = LOGITS[:3].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: sigmoid_focal_loss(z, TARGETS[:3], gamma, alpha, "none"), logits)
    assert torch.autograd.gradgradcheck(lambda z: sigmoid_focal_loss(z, TARGETS[:3], gamma, alpha, "none"), logits)


def test_the_mean_is_over_samples() -> None:
    expected = oracle(LOGITS, TARGETS, 2.0, 0.25).sum() / 7
    assert SigmoidFocalLoss()(LOGITS, TARGETS).item() == pytest.approx(expected.item(), abs=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 2.0])
@pytest.mark.parametrize("level", [-25.0, -20.0, -12.0, -5.0, -0.5, 0.0, 3.0, 20.0, 90.0, 1e3])
def test_float32_keeps_its_digits_at_any_level(level: float, gamma: float) -> None:
    # log(1 - s) in float32 would have lost three of its seven digits at z = -10, and all of them at z = -17.
    tail = math.exp(-abs(level))
    share, cost = (1 if level > 0 else tail) / (1 + tail), max(level, 0) + math.log1p(tail)
    slope = share**gamma * (share + gamma * (tail if level > 0 else 1) / (1 + tail) * cost)
    logits = torch.full((1, 4), level, requires_grad=True)
    value = sigmoid_focal_loss(logits, torch.tensor([1]), gamma, 0.0)
    value.backward()
    assert value.item() == pytest.approx(3 * share**gamma * cost, rel=2e-6)
    assert logits.grad is not None
    assert logits.grad[0].tolist() == pytest.approx([slope, 0.0, slope, slope], rel=2e-6, abs=0)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_logits_are_finite(gamma: float, dtype: torch.dtype) -> None:
    logits = torch.tensor([[1e4, -1e4, -1e4], [-1e4, 1e4, 0.0]], dtype=dtype, requires_grad=True)
    values = sigmoid_focal_loss(logits, torch.tensor([0, 0]), gamma, 0.25, "none")
    (grad,) = torch.autograd.grad(values.sum(), logits, create_graph=True)
    (second,) = torch.autograd.grad(grad.sum(), logits)
    assert values[0].item() == 0.0
    # certain and wrong: the cost of a class is its logit; z = 0 costs 2^-gamma log 2
    by_hand = 0.25 * 1e4 + 0.75 * (1e4 + 0.5**gamma * math.log(2))
    assert values[1].item() == pytest.approx(by_hand, rel=1e-6)
    assert grad[1, :2].tolist() == [-0.25, 0.75]
    assert second.isfinite().all()


def test_the_logits_themselves_are_not_written_to() -> None:
    logits = LOGITS.clone()
    sigmoid_focal_loss(logits, TARGETS)
    assert torch.equal(logits, LOGITS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("gamma=-1", "Expected `gamma` to be >= 0 and finite, but got -1"),
        ("alpha=-1", r"Expected `alpha` to be in \[0, 1\], but got -1"),
        ("alpha=1.5", r"Expected `alpha` to be in \[0, 1\], but got 1.5"),
    ],
)
def test_options_outside_their_range_are_refused(options: str, message: str) -> None:
    with pytest.raises(errors.OptionError, match=f"^loss 'sigmoid-focal': {message}"):
        build("loss", f"sigmoid-focal:{options}")
    name, value = options.split("=")
    with pytest.raises(errors.OptionError, match=message):
        sigmoid_focal_loss(LOGITS, TARGETS, **{name: float(value)})


def test_through_the_registry() -> None:
    loss = build("loss", "sigmoid-focal:gamma=1.5,alpha=0.4", reduction="none")
    torch.testing.assert_close(loss(LOGITS, TARGETS), oracle(LOGITS, TARGETS, 1.5, 0.4), rtol=0, atol=1e-9)
    assert (build("loss", "sigmoid-focal").gamma, build("loss", "sigmoid-focal").alpha) == (2.0, 0.25)
