import math

import pytest
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

from imbalearn_builtins.losses.focal import FocalLoss, focal_loss
from imbalearn_torch import build, errors

LOGITS = torch.randn(7, 5, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 4, 0, 2])


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_two_classes_are_the_binary_focal_loss_of_torchvision(gamma: float) -> None:
    # softmax of (0, x) is (1 - sigmoid(x), sigmoid(x)); alpha = -1 switches the class balance off
    x, targets = LOGITS.flatten(), torch.arange(35) % 2
    ours = focal_loss(torch.stack([torch.zeros_like(x), x], dim=1), targets, gamma, "none")
    theirs = sigmoid_focal_loss(x, targets.double(), alpha=-1, gamma=gamma)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("gamma", [0.3, 1.0, 2.0])
def test_the_formula_of_the_paper(gamma: float) -> None:
    p = LOGITS.softmax(dim=1)[range(7), TARGETS]
    values = FocalLoss(gamma=gamma, reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, -((1 - p) ** gamma) * p.log(), rtol=0, atol=1e-9)


def test_gamma_0_is_cross_entropy() -> None:
    values = FocalLoss(gamma=0.0, reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


def test_the_probability_is_not_that_of_a_weighted_cross_entropy() -> None:
    # p = 0.5, gamma = 2, weight 5: 5 * 0.25 * log 2 = 0.87; from the weighted cross-entropy it would be 3.25
    weight, logits, targets = 5.0, torch.zeros(1, 2, dtype=torch.float64), torch.tensor([0])
    weighted = weight * build("loss", "focal:gamma=2", reduction="none")(logits, targets)
    assert weighted.item() == pytest.approx(5 * 0.25 * math.log(2), abs=1e-12)
    wrong = weight * F.cross_entropy(logits, targets)
    wrong = (1 - (-wrong).exp()) ** 2 * wrong
    assert (round(weighted.item(), 2), round(wrong.item(), 2)) == (0.87, 3.25)


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 0.999, 1.0, 2.0])
def test_certain_and_right_has_the_limit_of_the_gradient(gamma: float) -> None:
    logits = torch.tensor([[1e4, -1e4]], requires_grad=True)
    value = focal_loss(logits, torch.tensor([0]), gamma)
    (grad,) = torch.autograd.grad(value, logits, create_graph=True)
    (second,) = torch.autograd.grad(grad.sum(), logits)
    assert value.item() == 0.0
    assert torch.equal(grad, torch.zeros(1, 2))
    assert second.isfinite().all()


def test_nearly_certain_keeps_its_digits() -> None:
    # 1 - p = 1 / (1 + e^20) = 2e-9: one minus the softmax would keep eight of its digits, even in float64
    logits = torch.tensor([[20.0, 0.0]], dtype=torch.float64)
    missing = 1 / (1 + math.exp(20))
    by_hand = missing**2 * -math.log1p(-missing)
    assert focal_loss(logits, torch.tensor([0])).item() == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("gamma", [-1.0, math.inf, math.nan])
def test_gamma_outside_its_range_is_refused(gamma: float) -> None:
    with pytest.raises(errors.OptionError, match="Expected `gamma` to be >= 0 and finite, but got"):
        FocalLoss(gamma=gamma)
    with pytest.raises(errors.OptionError, match="gamma"):
        focal_loss(LOGITS, TARGETS, gamma)


def test_the_registry_names_the_component_that_refuses() -> None:
    assert build("loss", "focal:gamma=2").gamma == 2.0
    with pytest.raises(
        errors.OptionError, match=r"^loss 'focal': Expected `gamma` to be >= 0 and finite, but got -1.0$"
    ):
        build("loss", "focal:gamma=-1")
