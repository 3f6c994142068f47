"""Losses: one value a sample, as a function of logits, labels and what the loss has been told."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Check, Skip, checks, require
from imbalearn_torch.conformance.guards import context_is_left_alone, generators_left_alone, same
from imbalearn_torch.conformance.loss_case import LossCase, close
from imbalearn_torch.conformance.losses_numeric import (
    any_counts_give_finite_losses,
    extreme_logits_give_finite_losses,
    gradients_are_finite,
    gradients_are_those_of_the_losses,
    half_precision_gives_finite_losses,
    losses_have_the_type_of_the_logits,
    neutral_options_give_cross_entropy,
)
from imbalearn_torch.conformance.losses_state import (
    forward_changes_no_state,
    set_epoch_and_set_prior_may_be_repeated,
    state_makes_a_round_trip,
    tensors_follow_the_module,
)
from imbalearn_torch.conformance.subject import EPOCHS, Subject
from imbalearn_torch.errors import OptionError

__all__ = ["CHECKS"]

_TOLERANCE = 1e-5


def one_loss_a_sample(subject: Subject) -> None:
    """With reduction "none" the result is [B], in every epoch, for a batch of one, and with T = 1."""
    cases = [LossCase.of(subject, epoch=epoch) for epoch in range(EPOCHS)] + [LossCase.of(subject, epochs=1)]
    for case in cases:
        for size in (7, 1):
            made = case.values(case.batch(size))
            require(
                made.shape == (size,) and made.is_floating_point(),
                f"expected one loss a sample, [{size}], with reduction 'none', but got {made.dtype} {list(made.shape)}",
            )


def attributes_are_what_the_engine_reads(subject: Subject) -> None:
    """`corrects_prior` is a finite number or a bool, `detached` a bool; a cosine head has a `scale` > 0."""
    case = LossCase.of(subject)
    share, detached = getattr(case.loss, "corrects_prior", False), getattr(case.loss, "detached", False)
    require(_number(share) is not None, f"expected `corrects_prior` to be a bool or a number, but got {share!r:.100}")
    require(isinstance(detached, bool), f"expected `detached` to be a bool, but got {detached!r:.100}")
    if case.cosine:
        scale = getattr(case.loss, "scale", None)
        number = _number(scale)
        require(
            number is not None and number > 0,
            f"expected a number `scale` > 0 beside head = 'cosine', but got {scale!r:.100}",
        )


def _number(value: Any) -> float | None:
    """A finite number, also in a tensor of one; None: it is none."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def nothing_is_changed_in_place(subject: Subject) -> None:
    """Logits, labels and features are as they were: a mix calls the loss twice with the same logits."""
    case = LossCase.of(subject)
    given, kept = case.batch(), case.batch()
    case.values(given)
    for name, one, other in zip(kept._fields, given, kept, strict=True):
        require(
            one is None or other is None or same(one, other),
            f"expected the loss to leave its arguments alone, but it changed {name}",
        )


def the_order_of_the_batch_does_not_matter(subject: Subject) -> None:
    """Samples in another order have the same losses in that order."""
    case = LossCase.of(subject, dtype=torch.float64)
    if case.draws():
        raise Skip("two calls differ: it draws")
    batch = case.batch(dtype=torch.float64)
    order = torch.randperm(batch.targets.numel(), generator=torch.Generator().manual_seed(1))
    straight, turned = case.values(batch), case.values(batch.take(order))
    require(
        close(straight[order], turned, _TOLERANCE),
        f"expected the losses {straight[order].tolist()} of the samples in another order, but got {turned.tolist()}",
    )


def reductions_agree(subject: Subject) -> None:
    """The reductions "sum" and "mean" are the sum and the mean, which labels may weight, of what "none" gives."""
    if "reduction" not in subject.entry.signature().context:
        raise Skip("its factory takes no reduction")
    case = LossCase.of(subject, dtype=torch.float64)
    batches = [case.batch(dtype=torch.float64, seed=0), case.batch(dtype=torch.float64, seed=1)]
    batches[1] = batches[1]._replace(targets=batches[0].targets)
    each = [case.values(batch) for batch in batches]
    reduced = {name: [_reduced(subject, name).values(batch) for batch in batches] for name in ("sum", "mean")}
    for values, total, mean in zip(each, *reduced.values(), strict=True):
        shapes = [list(total.shape), list(mean.shape)]
        require(shapes == [[], []], f"expected scalars for the reductions 'sum' and 'mean', but got {shapes}")
        require(
            close(total, values.sum(), _TOLERANCE),
            f"expected the reduction 'sum' to be {float(values.sum()):g}, but got {float(total):g}",
        )
    # torch divides a class-weighted mean by the weights of the labels, whatever the logits: that is a mean too.
    norms = [values.sum() / mean for values, mean in zip(each, reduced["mean"], strict=True)]
    require(
        close(norms[0], norms[1], 1e-4) or all(map(_is_mean, each, reduced["mean"])),
        f"expected the reduction 'mean' to be {[float(values.mean()) for values in each]} for two batches of the same "
        f"labels, or both divided by one number, but got {[float(mean) for mean in reduced['mean']]}",
    )


def _is_mean(values: Tensor, mean: Tensor) -> bool:
    return close(mean, values.mean(), _TOLERANCE)


def _reduced(subject: Subject, reduction: str) -> LossCase:
    try:
        return LossCase.of(subject, dtype=torch.float64, reduction=reduction)
    except OptionError as error:
        raise Skip(f"it refuses the reduction {reduction!r}: {error}") from error


def only_torch_is_drawn_from(subject: Subject) -> None:
    """Factory and forward move neither numpy's nor Python's global generator."""
    with generators_left_alone("the loss", torch_too=False):
        case = LossCase.of(subject)
        case.values(case.batch())


CHECKS: tuple[Check, ...] = checks(
    one_loss_a_sample,
    attributes_are_what_the_engine_reads,
    extreme_logits_give_finite_losses,
    gradients_are_finite,
    gradients_are_those_of_the_losses,
    any_counts_give_finite_losses,
    half_precision_gives_finite_losses,
    losses_have_the_type_of_the_logits,
    the_order_of_the_batch_does_not_matter,
    reductions_agree,
    nothing_is_changed_in_place,
    forward_changes_no_state,
    state_makes_a_round_trip,
    tensors_follow_the_module,
    set_epoch_and_set_prior_may_be_repeated,
    only_torch_is_drawn_from,
    context_is_left_alone,
    neutral_options_give_cross_entropy,
)
