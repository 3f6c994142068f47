import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.cdt import CDTLoss
from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
from imbalearn_builtins.losses.vs import VSLoss
from imbalearn_torch import build, errors

LOGITS = 3 * torch.randn(7, 4, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 3, 0, 2])
COUNTS = torch.tensor([500, 70, 11, 2])
PRIOR = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)


def by_the_paper(prior: list[float], gamma: float, tau: float) -> tuple[list[float], list[list[float]]]:
    """Values and gradients, sample by sample."""
    counts = COUNTS.tolist()
    temperatures = [(max(counts) / count) ** gamma for count in counts]
    values, gradients = [], []
    for row, y in zip(LOGITS.tolist(), TARGETS.tolist(), strict=True):
        powers = [math.exp(row[k] / temperatures[k] + tau * math.log(prior[k])) for k in range(4)]
        shares = [power / sum(powers) for power in powers]
        values.append(-math.log(shares[y]))
        gradients.append([(share - (k == y)) / temperatures[k] for k, share in enumerate(shares)])
    return values, gradients


@pytest.mark.parametrize(("gamma", "tau"), [(0.3, 1.0), (0.05, 1.5)])
@pytest.mark.parametrize("prior", [None, PRIOR], ids=["counts", "prior"])
def test_values_and_gradients_of_the_paper(prior: torch.Tensor | None, gamma: float, tau: float) -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = VSLoss(class_counts=COUNTS, class_prior=prior, reduction="none", gamma=gamma, tau=tau)
    values = loss(logits, TARGETS)
    values.sum().backward()
    seen = COUNTS / COUNTS.sum().double() if prior is None else prior
    by_hand, gradients = by_the_paper(seen.tolist(), gamma, tau)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_by_hand() -> None:
    # D = (1, 2) and pi = (4, 1) / 5: logits (0, 2) have the weights 4 and e
    loss = VSLoss(class_counts=torch.tensor([4, 1]), reduction="none", gamma=0.5)
    values = loss(torch.tensor([[0.0, 2.0]], dtype=torch.float64).expand(2, 2), torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(1 + math.e / 4), math.log(1 + 4 / math.e)], abs=1e-12)


def test_gamma_0_is_logit_adjustment() -> None:
    ours = VSLoss(class_counts=COUNTS, class_prior=PRIOR, reduction="none", gamma=0.0, tau=0.7)
    theirs = LogitAdjustedLoss(class_prior=PRIOR, reduction="none", tau=0.7)
    torch.testing.assert_close(ours(LOGITS, TARGETS), theirs(LOGITS, TARGETS), rtol=0, atol=1e-9)


def test_tau_0_is_cdt() -> None:
    ours = VSLoss(class_counts=COUNTS, class_prior=PRIOR, reduction="none", gamma=0.4, tau=0.0)
    theirs = CDTLoss(class_counts=COUNTS, reduction="none", gamma=0.4)
    torch.testing.assert_close(ours(LOGITS, TARGETS), theirs(LOGITS, TARGETS), rtol=0, atol=1e-9)


def test_equal_counts_are_cross_entropy() -> None:
    values = VSLoss(class_counts=torch.full((4,), 8), reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


def test_a_class_without_images_counts_as_the_rarest_present_one() -> None:
    absent = VSLoss(class_counts=torch.tensor([500, 70, 11, 0]), reduction="none")
    rarest = VSLoss(class_counts=torch.tensor([500, 70, 11, 11]), reduction="none")
    torch.testing.assert_close(absent(LOGITS, TARGETS), rarest(LOGITS, TARGETS), rtol=0, atol=1e-9)


def test_set_prior_moves_the_shift_and_leaves_the_temperatures() -> None:
    loss = VSLoss(class_counts=COUNTS, reduction="none")
    loss.set_prior(PRIOR)
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_the_paper(PRIOR.tolist(), 0.3, 1.0)[0], abs=1e-9)


def test_through_the_registry() -> None:
    loss = build("loss", "vs:tau=0.5", class_counts=COUNTS, num_classes=4)
    assert (loss.corrects_prior, loss.tau) == (0.5, 0.5)
    expected = VSLoss(class_counts=COUNTS, gamma=0.3, tau=0.5)
    torch.testing.assert_close(loss(LOGITS, TARGETS), expected(LOGITS, TARGETS), rtol=0, atol=1e-9)
    for option in ("gamma", "tau"):
        with pytest.raises(errors.OptionError, match=f"loss 'vs': Expected `{option}` to be >= 0 and finite, but got"):
            build("loss", f"vs:{option}=-1", class_counts=COUNTS)
