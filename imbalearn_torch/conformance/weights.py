"""Class weights: finite numbers >= 0, a function of the epoch alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Check, checks, require
from imbalearn_torch.conformance.guards import (
    context_is_left_alone,
    generators_left_alone,
    require_build_without_draws,
    same,
)
from imbalearn_torch.conformance.neutral import neutral_subject
from imbalearn_torch.conformance.subject import EPOCHS, Subject
from imbalearn_torch.errors import DataError, OptionError

__all__ = ["CHECKS"]


def _weights(scheme: Any, epoch: int) -> Tensor:
    """The weights of one epoch, for the checks that look at numbers."""
    require(callable(scheme), f"expected a callable `epoch -> [K]`, but got {type(scheme).__name__}")
    made = scheme(epoch)
    require(isinstance(made, Tensor), f"expected a tensor [K] in epoch {epoch}, but got {type(made).__name__}")
    return made


def _every_epoch(scheme: Any, epochs: Iterable[int] = range(EPOCHS)) -> dict[int, Tensor]:
    return {epoch: _weights(scheme, epoch).detach().clone() for epoch in epochs}


def _require_finite(subject: Subject, **context: Any) -> None:
    epochs = context.get("epochs", EPOCHS)
    counts = context.get("class_counts", subject.class_counts).tolist()
    for epoch, made in _every_epoch(subject.build(**context), range(epochs)).items():
        require(
            bool((made.isfinite() & (made >= 0)).all()),
            f"expected finite weights >= 0 in epoch {epoch} of {epochs} for the counts {counts}, "
            f"but got {made.tolist()}",
        )


def one_float32_weight_a_class(subject: Subject) -> None:
    """Every epoch has float32 weights [K]."""
    for epoch, made in _every_epoch(subject.build()).items():
        wanted = (len(subject.counts),)
        require(
            made.shape == wanted and made.dtype == torch.float32,
            f"expected float32 weights {list(wanted)} in epoch {epoch}, but got {made.dtype} {list(made.shape)}",
        )


def weights_are_finite(subject: Subject) -> None:
    """The weights of every epoch are finite and >= 0, also of classes without images."""
    _require_finite(subject)


def one_epoch_is_enough(subject: Subject) -> None:
    """In a training of one epoch, too, the weights are finite and >= 0."""
    _require_finite(subject, epochs=1)


def any_counts_will_do(subject: Subject) -> None:
    """Equal counts, millions of images and a single present class give finite weights."""
    classes = len(subject.counts)
    for counts in ([7] * classes, [10_000_000, *[1] * (classes - 1)]):
        _require_finite(subject, class_counts=torch.tensor(counts))
    with contextlib.suppress(OptionError, DataError):  # one class alone may be refused: there is nothing to learn
        _require_finite(subject, class_counts=torch.tensor([0] * (classes - 1) + [9]))


def the_same_epoch_gives_the_same_weights(subject: Subject) -> None:
    """The weights of an epoch depend neither on the epochs asked for before nor on a global generator."""
    scheme = require_build_without_draws(subject)
    with generators_left_alone("the call"):
        first = _every_epoch(scheme)
    again = _every_epoch(scheme, reversed(range(EPOCHS)))
    other = _every_epoch(subject.build())
    for epoch, made in first.items():
        for second in (again[epoch], other[epoch]):
            require(
                same(made, second),
                f"expected the same weights whenever epoch {epoch} is asked for, but {made.tolist()} "
                f"became {second.tolist()}",
            )


def neutral_options_weigh_all_alike(subject: Subject) -> None:
    """Under the options that it claims to be neutral, every present class has the same weight > 0."""
    neutral = neutral_subject(subject)
    for epoch, made in _every_epoch(neutral.build()).items():
        present = made[neutral.class_counts > 0]
        require(
            bool((present > 0).all()) and torch.allclose(present, present[:1].expand_as(present), rtol=1e-5, atol=0),
            f"expected one weight > 0 for all present classes with {neutral.entry.component.neutral!r} in epoch "
            f"{epoch}, but got {made.tolist()}",
        )


CHECKS: tuple[Check, ...] = checks(
    one_float32_weight_a_class,
    weights_are_finite,
    one_epoch_is_enough,
    any_counts_will_do,
    the_same_epoch_gives_the_same_weights,
    context_is_left_alone,
    neutral_options_weigh_all_alike,
)
