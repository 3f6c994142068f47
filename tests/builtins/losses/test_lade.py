import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.balanced_softmax import BalancedSoftmaxLoss
from imbalearn_builtins.losses.lade import LADELoss
from imbalearn_torch import build, errors

LOGITS = 2 * torch.randn(7, 4, generator=torch.Generator().manual_seed(10), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 3, 3, 3, 0, 1])  # none of class 2
COUNTS = torch.tensor([500, 70, 11, 2])
PRIOR = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)


def by_the_paper(prior: list[float], alpha: float, lam: float) -> tuple[list[float], list[list[float]]]:
    """Values, and the gradients of their sum, sample by sample and class by class."""
    rows, labels, batch, classes = LOGITS.tolist(), TARGETS.tolist(), 7, 4
    term, pushes = 0.0, [[0.0] * classes for _ in range(batch)]
    for c in range(classes):
        own = [i for i in range(batch) if labels[i] == c]
        mean = sum(rows[i][c] for i in own) / len(own) if own else 0.0
        total = sum(math.exp(rows[i][c]) for i in range(batch))
        t = math.log(total / (batch * prior[c] * classes))
        term -= prior[c] * (mean - t - lam * t**2)
        for i in range(batch):
            pushes[i][c] = prior[c] * (1 + 2 * lam * t) * math.exp(rows[i][c]) / total
            pushes[i][c] -= prior[c] / len(own) if i in own else 0.0
    values, gradients = [], []
    for i in range(batch):
        weights = [prior[k] * math.exp(rows[i][k]) for k in range(classes)]
        shares = [weight / sum(weights) for weight in weights]
        values.append(-math.log(shares[labels[i]]) + alpha * term)
        gradients.append([shares[k] - (k == labels[i]) + batch * alpha * pushes[i][k] for k in range(classes)])
    return values, gradients


@pytest.mark.parametrize(("alpha", "lam"), [(0.1, 0.1), (1.0, 0.0), (0.5, 2.0)])
@pytest.mark.parametrize("prior", [None, PRIOR], ids=["counts", "prior"])
def test_values_and_gradients_of_the_paper(prior: torch.Tensor | None, alpha: float, lam: float) -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = LADELoss(class_counts=COUNTS, class_prior=prior, reduction="none", alpha=alpha, lam=lam)
    values = loss(logits, TARGETS)
    values.sum().backward()
    seen = COUNTS / COUNTS.sum().double() if prior is None else prior
    by_hand, gradients = by_the_paper(seen.tolist(), alpha, lam)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_by_hand() -> None:
    # z = (1, 1), pi = (1/2, 1/2), so that T = (1, 1): R = -(1/2 (1 - 2) + 1/2 (0 - 2)) = 3/2
    loss = LADELoss(class_counts=torch.tensor([1, 1]), alpha=2.0, lam=1.0)
    value = loss(torch.ones(1, 2, dtype=torch.float64), torch.tensor([0]))
    assert value.item() == pytest.approx(math.log(2) + 3, abs=1e-12)


def test_logits_of_balanced_data_are_in_balance() -> None:
    # where exp(z_ic) = pi_c K for all samples, T is 0: R is -sum of pi_c log(pi_c K) over the classes of the batch
    logits = (PRIOR * 4).log().expand(3, 4)
    values = LADELoss(class_prior=PRIOR, reduction="none", alpha=1.0, lam=7.0)(logits, torch.tensor([0, 0, 3]))
    plain = BalancedSoftmaxLoss(class_prior=PRIOR, reduction="none")(logits, torch.tensor([0, 0, 3]))
    by_hand = -(0.4 * math.log(1.6) + 0.1 * math.log(0.4))
    assert (values - plain).tolist() == pytest.approx([by_hand] * 3, abs=1e-12)


def test_alpha_0_is_balanced_softmax() -> None:
    ours = LADELoss(class_prior=PRIOR, reduction="none", alpha=0.0)(LOGITS, TARGETS)
    assert torch.equal(ours, BalancedSoftmaxLoss(class_prior=PRIOR, reduction="none")(LOGITS, TARGETS))


def test_equal_counts_and_alpha_0_are_cross_entropy() -> None:
    values = LADELoss(class_counts=torch.full((4,), 8), reduction="none", alpha=0.0)(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


def test_the_term_of_the_batch_stands_in_full_in_every_sample() -> None:
    values = LADELoss(class_prior=PRIOR, reduction="none")(LOGITS, TARGETS)
    plain = BalancedSoftmaxLoss(class_prior=PRIOR, reduction="none")(LOGITS, TARGETS)
    terms = values - plain
    torch.testing.assert_close(terms, terms[:1].expand(7), rtol=0, atol=1e-12)
    mean = LADELoss(class_prior=PRIOR, reduction="mean")(LOGITS, TARGETS)
    torch.testing.assert_close(mean, plain.mean() + terms[0], rtol=0, atol=1e-12)


def test_columns_far_from_0_keep_their_digits() -> None:
    # exp overflows at 710: a constant c on all logits of a class adds c to its T and to its mean
    offset = torch.tensor([0.0, 1e3, -1e3, 0.0], dtype=torch.float64)
    loss = LADELoss(class_prior=PRIOR, reduction="none", alpha=1.0, lam=0.0)
    plain = BalancedSoftmaxLoss(class_prior=PRIOR, reduction="none")
    terms = [(loss(z, TARGETS) - plain(z, TARGETS))[0].item() for z in (LOGITS, LOGITS + offset)]
    # class 2 has no sample: its mean stays 0, and R changes by pi_2 c
    assert terms[1] - terms[0] == pytest.approx(0.2 * -1e3, abs=1e-9)


def test_a_class_without_images_counts_as_the_rarest_present_one() -> None:
    absent = LADELoss(class_counts=torch.tensor([500, 70, 11, 0]), reduction="none")
    rarest = LADELoss(class_counts=torch.tensor([500, 70, 11, 11]), reduction="none")
    torch.testing.assert_close(absent(LOGITS, TARGETS), rarest(LOGITS, TARGETS), rtol=0, atol=1e-9)


def test_set_prior_is_the_prior_of_both_terms() -> None:
    loss = LADELoss(class_counts=COUNTS, reduction="none")
    loss.set_prior(PRIOR)
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_the_paper(PRIOR.tolist(), 0.1, 0.1)[0], abs=1e-9)


def test_through_the_registry() -> None:
    loss = build("loss", "lade", class_counts=COUNTS, num_classes=4)
    assert loss.corrects_prior is True
    assert (loss.alpha, loss.lam) == (0.1, 0.1)
    for option in ("alpha", "lam"):
        with pytest.raises(errors.OptionError, match=f"loss 'lade': Expected `{option}` to be >= 0 and finite, but"):
            build("loss", f"lade:{option}=-1", class_counts=COUNTS)
    with pytest.raises(errors.OptionError, match="`class_prior` or `class_counts`"):
        build("loss", "lade")
