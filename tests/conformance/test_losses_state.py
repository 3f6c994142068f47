"""Each check of a loss's state fails on a loss broken on purpose."""

from collections.abc import Callable
from itertools import count

import pytest
import torch
from broken_on_purpose import Loss, cross_entropy
from subjects import outcome_of, subject_of
from torch import Tensor, nn

from imbalearn_torch.conformance.losses import CHECKS

_BUILT = count()
FORWARD, TRIP = "forward-changes-no-state", "state-makes-a-round-trip"
FOLLOW, AGAIN = "tensors-follow-the-module", "set-epoch-and-set-prior-may-be-repeated"


class Batched(nn.Module):
    """A layer that counts its calls in buffers."""

    def __init__(self, num_classes) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(num_classes)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return cross_entropy(self.norm(logits), targets)


def fading(num_classes):
    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        loss.share = loss.share / 2
        return loss.share * cross_entropy(logits, targets)

    return Loss(values, share=1.0)


def counting_calls(num_classes):
    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        loss.calls += 1
        return cross_entropy(logits, targets)

    return Loss(values, {"calls": torch.zeros((), dtype=torch.int64)})


class Observing(Loss):
    """Weights by what was observed."""

    def __init__(self, num_classes, how: str = "buffer") -> None:
        super().__init__(lambda loss, z, y: cross_entropy(z, y) / (1 + loss.seen[y]))
        seen = torch.zeros(num_classes)
        if how == "attribute":
            self.seen = seen
        else:
            self.register_buffer("seen", seen, persistent=how == "buffer")
        self.how = how

    def observe(self, targets: Tensor) -> None:
        self.seen += torch.bincount(targets, minlength=len(self.seen))
        if self.how == "buffer":
            self.register_buffer(f"after_{int(self.seen.sum())}", self.seen.clone())


class Forgetful(Loss):
    def load_state_dict(self, state_dict, strict=True, assign=False):
        return None


def forgetful(num_classes):
    return Forgetful(lambda loss, z, y: cross_entropy(z, y), {"number": torch.tensor(float(next(_BUILT)))})


def prior_of(class_prior, use: Callable[[Tensor, Tensor], Tensor]) -> Loss:
    """The log prior as a plain attribute."""
    return Loss(lambda loss, z, y: cross_entropy(use(z, loss.shift), y), shift=class_prior.log().float())


def as_attribute(class_prior):
    return prior_of(class_prior, torch.add)


def in_a_list(class_prior):
    return Loss(lambda loss, z, y: cross_entropy(z + loss.both[1], y), both=["log prior", class_prior.log().float()])


def in_a_product(class_prior):
    return prior_of(class_prior, lambda z, shift: z @ shift.exp().diag())


def picked_by_label(class_prior):
    return Loss(lambda loss, z, y: cross_entropy(z, y) * loss.prior[y], prior=class_prior.float())


def cast_but_not_moved(class_prior):
    return prior_of(class_prior, lambda z, shift: z + shift.to(z.dtype))


def new_without_device(num_classes):
    return Loss(lambda loss, z, y: cross_entropy(z + torch.ones(z.shape), y))


def left_on_the_cpu(num_classes):
    return Loss(lambda loss, z, y: cross_entropy(z.cpu(), y.cpu()))


class Prior(Loss):
    """A prior kept in a buffer, renewed in one of several ways."""

    def __init__(self, class_prior, how: str) -> None:
        super().__init__(lambda loss, z, y: cross_entropy(z + loss.shift.to(z.dtype), y), {"shift": class_prior.log()})
        self.how = how

    def set_prior(self, class_prior: Tensor) -> None:
        if self.how == "assigned":
            self.shift = class_prior.log()
        elif self.how == "averaged":
            self.shift.copy_(0.9 * self.shift + class_prior.to(self.shift))
        else:
            self.shift.copy_(class_prior.log())


class Epochs(Loss):
    """Counts how often it is told of an epoch."""

    told = 0

    def __init__(self, num_classes) -> None:
        super().__init__(lambda loss, z, y: cross_entropy(z, y) * loss.told)

    def set_epoch(self, epoch: int) -> None:
        self.told += 1


BROKEN: list[tuple[Callable, str, str]] = [
    (Batched, FORWARD, "forward to leave the state alone, but norm.num_batches_tracked, norm.running_mean"),
    (fading, FORWARD, "expected the same losses from the same logits, but ["),
    (counting_calls, FORWARD, "but calls changed"),
    (lambda num_classes: Observing(num_classes, "attribute"), TRIP, "keep what `observe` learns in buffers"),
    (lambda num_classes: Observing(num_classes, "not saved"), TRIP, "keep what `observe` learns in buffers"),
    (
        Observing,
        TRIP,
        "expected a fresh one to load its state, but Error(s) in loading",
    ),
    (forgetful, TRIP, "expected a fresh one to have the state that it loaded, but number changed"),
    (as_attribute, FOLLOW, "stays on the CPU; make buffers of `shift` with register_buffer"),
    (in_a_list, FOLLOW, "add meets a tensor [5] that stays on the CPU; make buffers of `both`"),
    (in_a_product, FOLLOW, "matmul meets a tensor [5, 5] that stays on the CPU"),
    (picked_by_label, FOLLOW, "__getitem__ meets a tensor [5]"),
    (cast_but_not_moved, FOLLOW, "add meets a tensor [5]"),
    (new_without_device, FOLLOW, "add meets a tensor [7, 5] that stays on the CPU"),
    (left_on_the_cpu, FOLLOW, "expected losses on the device of the logits"),
    (lambda class_prior: Prior(class_prior, "assigned"), FOLLOW, "add meets a tensor [5] that stays on the CPU"),
    (lambda class_prior: Prior(class_prior, "averaged"), AGAIN, "to change no state, but shift changed"),
    (Epochs, AGAIN, "expected a second set_epoch(0) and set_prior to change no loss"),
]


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN)
def test_a_broken_loss_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("loss", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize("check", [FORWARD, TRIP, FOLLOW, AGAIN])
def test_a_prior_that_is_copied_into_its_buffer_is_sound(check: str) -> None:
    assert outcome_of(subject_of("loss", lambda class_prior: Prior(class_prior, "copied")), check).status == "passed"


def test_every_check_of_state_has_a_broken_loss() -> None:
    own = {check.name for check in CHECKS if check.run.__module__.endswith(".losses_state")}
    assert own == {check for _, check, _ in BROKEN}
