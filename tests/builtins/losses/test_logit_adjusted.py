import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
from imbalearn_torch import build, errors

LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 2, 0, 1])
PRIOR = torch.tensor([0.9, 0.09, 0.01], dtype=torch.float64)


def test_the_formula_of_the_paper_by_hand() -> None:
    # tau = 2, z = 0, pi = (3, 1) / 4: the shares are 9 and 1 of 10
    loss = LogitAdjustedLoss(class_prior=torch.tensor([0.75, 0.25]), tau=2.0, reduction="none")
    values = loss(torch.zeros(2, 2, dtype=torch.float64), torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(10 / 9), math.log(10)], abs=1e-9)


def test_tau_0_is_cross_entropy() -> None:
    values = LogitAdjustedLoss(class_prior=PRIOR, tau=0.0, reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


@pytest.mark.parametrize("tau", [0.5, 1.0, 1.5])
def test_logits_of_the_prior_itself_cost_what_cross_entropy_costs(tau: float) -> None:
    # with z = log p - tau log pi the loss is CE of log p: adjusting undoes the shift
    log_p = LOGITS.log_softmax(dim=1)
    values = LogitAdjustedLoss(class_prior=PRIOR, tau=tau, reduction="none")(log_p - tau * PRIOR.log(), TARGETS)
    torch.testing.assert_close(values, F.nll_loss(log_p, TARGETS, reduction="none"), rtol=0, atol=1e-9)


@pytest.mark.parametrize("tau", [0.0, 0.7, 1.0])
def test_the_share_it_corrects_is_tau(tau: float) -> None:
    assert LogitAdjustedLoss(class_prior=PRIOR, tau=tau).corrects_prior == tau


def test_through_the_registry() -> None:
    loss = build("loss", "logit-adjusted:tau=0.5", class_counts=torch.tensor([90, 9, 1]), num_classes=3)
    expected = LogitAdjustedLoss(class_prior=PRIOR, tau=0.5)
    torch.testing.assert_close(loss(LOGITS, TARGETS), expected(LOGITS, TARGETS), rtol=0, atol=1e-9)
    with pytest.raises(
        errors.OptionError, match="loss 'logit-adjusted': Expected `tau` to be >= 0 and finite, but got -1"
    ):
        build("loss", "logit-adjusted:tau=-1", class_counts=torch.tensor([90, 9, 1]))
    with pytest.raises(errors.OptionError, match="`class_prior` or `class_counts`"):
        build("loss", "logit-adjusted")
