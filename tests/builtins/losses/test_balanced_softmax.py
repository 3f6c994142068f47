import math

import pytest
import torch

from imbalearn_builtins.losses.balanced_softmax import BalancedSoftmaxLoss
from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
from imbalearn_torch import build

LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 2, 0, 1])
COUNTS = torch.tensor([900, 90, 10])


def test_the_formula_of_the_paper_by_hand() -> None:
    # p_y = n_y e^z_y / sum_k n_k e^z_k with z = (log 2, 0, log 3), n = (3, 4, 2): 6, 4, 6 of 16
    logits = torch.tensor([[math.log(2), 0.0, math.log(3)]], dtype=torch.float64).expand(3, 3)
    values = BalancedSoftmaxLoss(class_counts=torch.tensor([3, 4, 2]), reduction="none")(logits, torch.arange(3))
    assert values.tolist() == pytest.approx([math.log(16 / 6), math.log(4), math.log(16 / 6)], abs=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_it_is_logit_adjustment_with_tau_1(smoothing: float) -> None:
    ours = BalancedSoftmaxLoss(class_counts=COUNTS, reduction="none", smoothing=smoothing)(LOGITS, TARGETS)
    theirs = LogitAdjustedLoss(class_counts=COUNTS, reduction="none", tau=1.0, smoothing=smoothing)(LOGITS, TARGETS)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)


def test_counts_and_prior_say_the_same() -> None:
    by_counts = BalancedSoftmaxLoss(class_counts=COUNTS)(LOGITS, TARGETS)
    by_prior = BalancedSoftmaxLoss(class_prior=COUNTS / COUNTS.sum().double())(LOGITS, TARGETS)
    torch.testing.assert_close(by_counts, by_prior, rtol=0, atol=1e-9)


def test_through_the_registry() -> None:
    loss = build("loss", "balanced-softmax", class_counts=COUNTS, num_classes=3)
    assert loss.corrects_prior is True
    assert torch.equal(loss(LOGITS, TARGETS), BalancedSoftmaxLoss(class_counts=COUNTS)(LOGITS, TARGETS))
