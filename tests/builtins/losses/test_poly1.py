import math

import pytest
import torch

from imbalearn_builtins.losses.poly1 import Poly1Loss, poly1_loss
from imbalearn_torch import build, errors

LOGITS = 2 * torch.randn(6, 4, generator=torch.Generator().manual_seed(10), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 0, 1])


def probabilities() -> list[list[float]]:
    rows = []
    for row in LOGITS.tolist():
        total = sum(map(math.exp, row))
        rows.append([math.exp(z) / total for z in row])
    return rows


@pytest.mark.parametrize("epsilon", [-1.0, -0.5, 0.0, 1.0, 2.5])
def test_the_formula_of_the_paper(epsilon: float) -> None:
    own = [p[label] for p, label in zip(probabilities(), TARGETS.tolist(), strict=True)]
    expected = [-math.log(p) + epsilon * (1 - p) for p in own]
    values = Poly1Loss(epsilon=epsilon, reduction="none")(LOGITS, TARGETS)
    assert values.tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("epsilon", [-1.0, 0.5, 2.0])
def test_it_is_the_series_of_cross_entropy_with_another_first_weight(epsilon: float) -> None:
    # -log p = sum_j (1 - p)^j / j; 400 terms leave less than 1e-12 for p >= 1/15
    logits = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64)
    for label, p in ((0, 0.75), (1, 0.25)):
        series = sum((1 - p) ** j * (1 / j + epsilon * (j == 1)) for j in range(1, 400))
        assert poly1_loss(logits, torch.tensor([label]), epsilon).item() == pytest.approx(series, abs=1e-9)


@pytest.mark.parametrize("epsilon", [-1.0, 1.0, 2.0])
def test_the_gradient_by_hand(epsilon: float) -> None:
    # dL/dz_k = (1 + epsilon p_y) (p_k - [k = y])
    expected = [
        [(1 + epsilon * p[label]) * (p_k - (k == label)) for k, p_k in enumerate(p)]
        for p, label in zip(probabilities(), TARGETS.tolist(), strict=True)
    ]
    logits = LOGITS.clone().requires_grad_()
    poly1_loss(logits, TARGETS, epsilon, "sum").backward()
    torch.testing.assert_close(logits.grad, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-9)


@pytest.mark.parametrize("epsilon", [math.inf, -math.inf, math.nan])
def test_epsilon_must_be_finite(epsilon: float) -> None:
    with pytest.raises(errors.OptionError, match="Expected `epsilon` to be finite, but got"):
        Poly1Loss(epsilon=epsilon)
    with pytest.raises(errors.OptionError, match="epsilon"):
        poly1_loss(LOGITS, TARGETS, epsilon)


def test_through_the_registry() -> None:
    assert build("loss", "poly1").epsilon == 1.0
    loss = build("loss", "poly1:epsilon=-0.5", reduction="none")
    assert torch.equal(loss(LOGITS, TARGETS), poly1_loss(LOGITS, TARGETS, -0.5, "none"))
