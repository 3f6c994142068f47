"""Each check of a loss's numbers fails on a loss broken on purpose."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from broken_on_purpose import Loss, cross_entropy, loss_of, probability
from subjects import outcome_of, subject_of
from torch import Tensor

from imbalearn_torch.conformance.losses import CHECKS

EXTREME, GRADIENT, COUNTS = "extreme-logits-give-finite-losses", "gradients-are-finite", "any-counts-give-finite-losses"
GRADCHECK, HALF = "gradients-are-those-of-the-losses", "half-precision-gives-finite-losses"
TYPE, NEUTRAL = "losses-have-the-type-of-the-logits", "neutral-options-give-cross-entropy"


class Late(Loss):
    """Sound in the first epoch."""

    def set_epoch(self, epoch: int) -> None:
        self.values = (lambda _, z, y: -probability(z, y).log()) if epoch else (lambda _, z, y: cross_entropy(z, y))


def with_buffer(make: Callable[[Tensor], Tensor], values: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Callable:
    """A factory of a loss with a buffer [K] made from the counts, and a function of logits, labels and buffer."""

    def factory(class_counts):
        return Loss(lambda loss, z, y: values(z, y, loss.held), {"held": make(class_counts.double())})

    return factory


def shifted(logits: Tensor, targets: Tensor, shift: Tensor) -> Tensor:
    return cross_entropy(logits + shift.to(logits.dtype), targets)


def evenness(counts: Tensor) -> Tensor:
    """0 for the largest class, 1 for the smallest."""
    return (counts.max() - counts) / (counts.max() - counts.min())


def masked_too_late(logits: Tensor, targets: Tensor, counts: Tensor) -> Tensor:
    """The masked branch is infinite where a class is absent, and 0 times its slope is NaN."""
    count, logit = counts.to(logits.dtype)[targets], logits.gather(1, targets[:, None]).squeeze(1)
    return cross_entropy(logits, targets) + torch.where(count > 0, logit / count, 0)


def angle(logits, targets):
    """Finite where cosines belong; the angle has no gradient at +-1."""
    return logits.acos().gather(1, targets[:, None]).squeeze(1)


def unnormalised(logits, targets):
    return logits.exp().sum(1).log() - logits.gather(1, targets[:, None]).squeeze(1)


def constant(num_classes):
    loss = Loss(lambda loss, z, y: loss.bias[y])
    loss.bias = torch.nn.Parameter(torch.zeros(num_classes))
    return loss


def prior_shift(class_counts, *, tau: float = 1.0, precise: bool = True):
    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        logits = logits if precise else logits.float().to(logits.dtype)
        return cross_entropy(logits + tau * loss.shift.to(logits.dtype), targets)

    return Loss(values, {"shift": class_counts.double().clamp_min(1).log()})


def cosine_margin(*, margin: float = 0.5):
    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        return cross_entropy(16 * (logits - margin * F.one_hot(targets, logits.shape[1])), targets)

    return Loss(values, head="cosine", scale=16)


BROKEN: list[tuple[Callable, str, str]] = [
    (
        loss_of(lambda z, y: -probability(z, y).log()),
        EXTREME,
        "expected finite losses, but got [inf] for the logits [-1",
    ),
    (lambda num_classes: Late(lambda _, z, y: cross_entropy(z, y)), EXTREME, "expected finite losses"),
    (loss_of(lambda z, y: cross_entropy(z**20, y)), EXTREME, "and the label 0"),
    (loss_of(angle, head="cosine", scale=1.0), GRADIENT, "expected finite gradients, but got [-inf"),
    (loss_of(lambda z, y: (1 - probability(z, y)) ** 0.5), GRADIENT, "expected finite gradients"),
    (loss_of(lambda z, y: cross_entropy(z, y).detach()), GRADIENT, "expected losses that carry a gradient"),
    (constant, GRADIENT, "expected a gradient for the logits, but there is none"),
    (loss_of(lambda z, y: probability(z, y).detach() * cross_entropy(z, y)), GRADCHECK, "gradcheck found: Jacobian"),
    (loss_of(lambda z, y: cross_entropy(z.float(), y)), GRADCHECK, "expected float64 losses for float64 logits"),
    (loss_of(lambda z, y: cross_entropy(z.float(), y).double()), GRADCHECK, "gradcheck found: Jacobian"),
    (with_buffer(torch.log, shifted), COUNTS, "losses for the counts [40, 12, 5, 1, 0], but got [inf]"),
    (with_buffer(evenness, shifted), COUNTS, "for the counts [7, 7, 7, 7, 7], but got [nan]"),
    (with_buffer(torch.clone, masked_too_late), COUNTS, "expected finite gradients of the losses for the counts"),
    (loss_of(unnormalised), HALF, "losses of torch.float16 logits, but got [inf]"),
    (with_buffer(torch.log1p, lambda z, y, held: cross_entropy(z + held, y)), TYPE, "before .float() was called, but"),
    (loss_of(lambda z, y: cross_entropy(z, y).double()), TYPE, "torch.float32, but got torch.float64"),
    (loss_of(lambda z, y: cross_entropy(z, y).float()), TYPE, "torch.float64, but got torch.float32"),
]
CLAIMS = [
    (prior_shift, "tau=0.5", "expected the cross-entropies ["),
    (prior_shift, "tau=0,precise=false", "in torch.float64, epoch 0, but got"),
    (prior_shift, "tau", "'tau' is refused"),
    (prior_shift, "gamma=0", "no option 'gamma'"),
    (cosine_margin, "margin=0.1", "expected the cross-entropies"),
]


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN)
def test_a_broken_loss_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("loss", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize(("factory", "claim", "fragment"), CLAIMS)
def test_a_wrong_claim_of_neutrality_fails(factory: Callable, claim: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("loss", factory, neutral=claim), NEUTRAL)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize(("factory", "claim"), [(prior_shift, "tau=0"), (cosine_margin, "margin=0")])
def test_a_true_claim_holds(factory: Callable, claim: str) -> None:
    assert outcome_of(subject_of("loss", factory, neutral=claim), NEUTRAL).status == "passed"


def test_every_check_of_numbers_has_a_broken_loss() -> None:
    own = {check.name for check in CHECKS if check.run.__module__.endswith(".losses_numeric")}
    assert own == {check for _, check, _ in BROKEN} | {NEUTRAL}
