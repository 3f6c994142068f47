import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.ldam import LDAMLoss
from imbalearn_torch import build, errors

COSINES = torch.randn(7, 4, generator=torch.Generator().manual_seed(7), dtype=torch.float64).tanh()
TARGETS = torch.tensor([0, 1, 2, 3, 3, 0, 2])
COUNTS = [500, 70, 11, 2]


def by_the_paper(counts: list[int], max_m: float, s: float) -> tuple[list[float], list[list[float]]]:
    """Values and gradients, sample by sample."""
    widest = max(count**-0.25 for count in counts)
    values, gradients = [], []
    for cosines, y in zip(COSINES.tolist(), TARGETS.tolist(), strict=True):
        logits = [s * cosine for cosine in cosines]
        logits[y] = s * (cosines[y] - max_m * counts[y] ** -0.25 / widest)
        total = sum(math.exp(logit) for logit in logits)
        values.append(-math.log(math.exp(logits[y]) / total))
        gradients.append([s * (math.exp(logit) / total - (k == y)) for k, logit in enumerate(logits)])
    return values, gradients


@pytest.mark.parametrize(("max_m", "s"), [(0.5, 30.0), (0.2, 1.0)])
def test_values_and_gradients_of_the_paper(max_m: float, s: float) -> None:
    cosines = COSINES.clone().requires_grad_()
    values = LDAMLoss(class_counts=torch.tensor(COUNTS), reduction="none", max_m=max_m, s=s)(cosines, TARGETS)
    values.sum().backward()
    by_hand, gradients = by_the_paper(COUNTS, max_m, s)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert cosines.grad is not None
    torch.testing.assert_close(cosines.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_margins_by_hand() -> None:
    # n^(-1/4) is 1/4, 1/2, 1 for 256, 16, 1, times 0.5
    margins = LDAMLoss(class_counts=torch.tensor([256, 16, 1])).margins
    assert margins.tolist() == pytest.approx([0.125, 0.25, 0.5], abs=1e-12)


def test_the_margin_stands_at_the_label_only() -> None:
    # cosines 0, s = 2, m = (0.25, 0.5): log(1 + e^0.5) and log(1 + e^1)
    loss = LDAMLoss(class_counts=torch.tensor([16, 1]), reduction="none", s=2.0)
    values = loss(torch.zeros(2, 2, dtype=torch.float64), torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(1 + math.exp(0.5)), math.log(1 + math.exp(1))], abs=1e-12)


@pytest.mark.parametrize("counts", [[9, 9, 9, 9], [0, 0, 0, 0]])
def test_equal_counts_have_equal_margins(counts: list[int]) -> None:
    assert LDAMLoss(class_counts=torch.tensor(counts), max_m=0.3).margins.tolist() == [0.3] * 4


def test_a_class_without_images_has_the_margin_of_the_rarest_present_one() -> None:
    # n^(-1/4) of the counts as they are would be infinite, and the margins 0, 0, nan
    margins = LDAMLoss(class_counts=torch.tensor([256, 16, 0])).margins
    assert margins.tolist() == pytest.approx([0.25, 0.5, 0.5], abs=1e-12)


def test_without_margins_it_is_cross_entropy_of_scaled_cosines() -> None:
    loss = LDAMLoss(class_counts=torch.tensor(COUNTS), max_m=0.0, s=16.0)
    torch.testing.assert_close(loss(COSINES, TARGETS), F.cross_entropy(16 * COSINES, TARGETS), rtol=0, atol=1e-9)


def test_what_the_engine_reads() -> None:
    loss = build("loss", "ldam:s=20", class_counts=torch.tensor(COUNTS), num_classes=4)
    assert (loss.head, loss.scale) == ("cosine", 20.0)
    assert not hasattr(loss, "corrects_prior")


@pytest.mark.parametrize(("option", "value"), [("s", 0), ("s", -1), ("max_m", -0.1)])
def test_options_outside_their_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(errors.OptionError, match=f"loss 'ldam': Expected `{option}` to be >.* but got {value}"):
        build("loss", f"ldam:{option}={value}", class_counts=torch.tensor(COUNTS))
