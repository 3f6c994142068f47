import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.cdt import CDTLoss, inverse_temperatures
from imbalearn_torch import build, errors

LOGITS = 3 * torch.randn(7, 4, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 3, 0, 2])
COUNTS = [500, 70, 11, 2]


def by_the_paper(gamma: float) -> tuple[list[float], list[list[float]]]:
    """Values and gradients, sample by sample."""
    temperatures = [(max(COUNTS) / count) ** gamma for count in COUNTS]
    values, gradients = [], []
    for row, y in zip(LOGITS.tolist(), TARGETS.tolist(), strict=True):
        powers = [math.exp(logit / temperature) for logit, temperature in zip(row, temperatures, strict=True)]
        shares = [power / sum(powers) for power in powers]
        values.append(-math.log(shares[y]))
        gradients.append([(share - (k == y)) / temperatures[k] for k, share in enumerate(shares)])
    return values, gradients


@pytest.mark.parametrize("gamma", [0.2, 1.0])
def test_values_and_gradients_of_the_paper(gamma: float) -> None:
    logits = LOGITS.clone().requires_grad_()
    values = CDTLoss(class_counts=torch.tensor(COUNTS), reduction="none", gamma=gamma)(logits, TARGETS)
    values.sum().backward()
    by_hand, gradients = by_the_paper(gamma)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_by_hand() -> None:
    # D = (1, 2): logits (0, 2) count as (0, 1)
    loss = CDTLoss(class_counts=torch.tensor([4, 1]), reduction="none", gamma=0.5)
    values = loss(torch.tensor([[0.0, 2.0]], dtype=torch.float64).expand(2, 2), torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(1 + math.e), math.log(1 + 1 / math.e)], abs=1e-12)


def test_a_class_without_images_has_the_temperature_of_the_rarest_present_one() -> None:
    assert inverse_temperatures(torch.tensor([16, 4, 0]), 0.5).tolist() == pytest.approx([1, 0.5, 0.5], abs=1e-12)
    assert inverse_temperatures(torch.zeros(2), 0.5).tolist() == [1, 1]


@pytest.mark.parametrize(("counts", "gamma"), [([9, 9, 9, 9], 0.7), (COUNTS, 0.0)])
def test_equal_counts_and_gamma_0_are_cross_entropy(counts: list[int], gamma: float) -> None:
    values = CDTLoss(class_counts=torch.tensor(counts), reduction="none", gamma=gamma)(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


def test_through_the_registry() -> None:
    loss = build("loss", "cdt", class_counts=torch.tensor(COUNTS), num_classes=4)
    assert torch.equal(loss(LOGITS, TARGETS), CDTLoss(class_counts=torch.tensor(COUNTS), gamma=0.2)(LOGITS, TARGETS))
    assert not hasattr(loss, "corrects_prior")
    with pytest.raises(errors.OptionError, match="loss 'cdt': Expected `gamma` to be >= 0 and finite, but got -1"):
        build("loss", "cdt:gamma=-1", class_counts=torch.tensor(COUNTS))
