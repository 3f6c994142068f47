import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.asymmetric import AsymmetricLoss, asymmetric_loss
from imbalearn_builtins.losses.focal import focal_loss
from imbalearn_torch import build, errors

LOGITS = 2 * torch.randn(6, 4, generator=torch.Generator().manual_seed(11), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 0, 1])
OPTIONS = [(0.0, 4.0, 0.1), (1.0, 2.0, 0.3), (0.5, 0.5, 1.0), (2.0, 0.0, 0.1), (3.0, 1.0, 0.0)]
EACH = pytest.mark.parametrize(("pos", "neg", "smoothing"), OPTIONS)


def by_loops(pos: float, neg: float, smoothing: float) -> list[float]:
    values = []
    for row, label in zip(LOGITS.tolist(), TARGETS.tolist(), strict=True):
        total, loss = sum(map(math.exp, row)), 0.0
        for k, z in enumerate(row):
            p = math.exp(z) / total
            share = (1 - smoothing) * (k == label) + smoothing / len(row)
            loss -= share * ((1 - p) ** pos if k == label else p**neg) * math.log(p)
        values.append(loss)
    return values


@EACH
def test_the_formula_of_the_paper(pos: float, neg: float, smoothing: float) -> None:
    loss = AsymmetricLoss(gamma_pos=pos, gamma_neg=neg, smoothing=smoothing, reduction="none")
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_loops(pos, neg, smoothing), abs=1e-9)


def test_by_hand() -> None:
    # p = (3/4, 1/4), eps = 1/5: q = (.9, .1); W = (1, (1/4)^4)
    logits = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64)
    by_hand = 0.9 * math.log(4 / 3) + 0.1 / 256 * math.log(4)
    assert AsymmetricLoss(smoothing=0.2)(logits, torch.tensor([0])).item() == pytest.approx(by_hand, abs=1e-12)


@EACH
def test_the_gradient_is_also_that_of_the_factors(pos: float, neg: float, smoothing: float) -> None:
    # dL/dlog p_k = -q_k W_k (1 + neg log p_k) for k != y, -q_y (W_y - pos (1 - p_y)^(pos - 1) p_y log p_y) at y
    log_p = LOGITS.log_softmax(dim=1)
    p, onehot = log_p.exp(), F.one_hot(TARGETS, 4).double()
    other = p**neg * (1 + neg * log_p)
    own = (1 - p) ** pos - pos * (1 - p) ** (pos - 1) * p * log_p
    slope = -((1 - smoothing) * onehot + smoothing / 4) * torch.where(onehot.bool(), own, other)
    expected = slope - p * slope.sum(dim=1, keepdim=True)
    logits = LOGITS.clone().requires_grad_()
    loss = AsymmetricLoss(gamma_pos=pos, gamma_neg=neg, smoothing=smoothing, reduction="sum")
    loss(logits, TARGETS).backward()
    torch.testing.assert_close(logits.grad, expected, rtol=0, atol=1e-9)


@EACH
def test_first_and_second_derivatives_are_those_of_finite_differences(pos: float, neg: float, smoothing: float) -> None:
    loss = AsymmetricLoss(gamma_pos=pos, gamma_neg=neg, smoothing=smoothing, reduction="none")
    logits = LOGITS[:3].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: loss(z, TARGETS[:3]), logits)
    assert torch.autograd.gradgradcheck(lambda z: loss(z, TARGETS[:3]), logits)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_without_exponents_it_is_label_smoothing(smoothing: float) -> None:
    values = asymmetric_loss(LOGITS, TARGETS, gamma_pos=0, gamma_neg=0, smoothing=smoothing, reduction="none")
    expected = F.cross_entropy(LOGITS, TARGETS, reduction="none", label_smoothing=smoothing)
    torch.testing.assert_close(values, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_without_smoothing_it_is_the_focal_loss(gamma: float) -> None:
    values = asymmetric_loss(LOGITS, TARGETS, gamma_pos=gamma, smoothing=0, reduction="none")
    torch.testing.assert_close(values, focal_loss(LOGITS, TARGETS, gamma, "none"), rtol=0, atol=1e-9)


@pytest.mark.parametrize(("pos", "neg"), [(0.0, 4.0), (0.3, 0.3), (0.0, 0.0), (2.0, 1.0)])
def test_certain_samples_have_finite_derivatives(pos: float, neg: float) -> None:
    logits = torch.tensor([[1e4, -1e4, -1e4], [-1e4, 1e4, 1e4]], requires_grad=True)
    values = asymmetric_loss(logits, torch.tensor([0, 0]), gamma_pos=pos, gamma_neg=neg, reduction="none")
    (grad,) = torch.autograd.grad(values.sum(), logits, create_graph=True)
    (second,) = torch.autograd.grad(grad.sum(), logits)
    # certain and wrong: two classes of p = 1/2, and p_y = e^-2e4 / 2
    wrong = (0.9 + 0.1 / 3) * (2e4 + math.log(2)) + 0.1 / 3 * 2 * 0.5**neg * math.log(2)
    right = 0.1 / 3 * 2 * (2e4 if neg == 0 else 0.0)
    assert values.tolist() == pytest.approx([right, wrong], rel=1e-6)
    assert grad.isfinite().all()
    assert second.isfinite().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("gamma_pos=-1", "Expected `gamma_pos` to be >= 0 and finite, but got -1"),
        ("gamma_neg=-0.5", "Expected `gamma_neg` to be >= 0 and finite, but got -0.5"),
        ("smoothing=1.5", r"Expected `smoothing` to be in \[0, 1\], but got 1.5"),
    ],
)
def test_options_outside_their_range_are_refused(options: str, message: str) -> None:
    with pytest.raises(errors.OptionError, match=f"^loss 'asymmetric': {message}"):
        build("loss", f"asymmetric:{options}")
    name, value = options.split("=")
    with pytest.raises(errors.OptionError, match=message):
        asymmetric_loss(LOGITS, TARGETS, **{name: float(value)})


def test_through_the_registry() -> None:
    loss = build("loss", "asymmetric", reduction="none")
    assert (loss.gamma_pos, loss.gamma_neg, loss.smoothing) == (0.0, 4.0, 0.1)
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_loops(0.0, 4.0, 0.1), abs=1e-9)
