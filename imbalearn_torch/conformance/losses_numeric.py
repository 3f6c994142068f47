"""The numbers of a loss: finite, differentiable, and of the right type."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from imbalearn_torch.conformance.check import ConformanceError, Skip, require
from imbalearn_torch.conformance.loss_case import LossBatch, LossCase, close
from imbalearn_torch.conformance.neutral import neutral_subject
from imbalearn_torch.conformance.subject import EPOCHS, Subject
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.priors import normalised_prior

__all__ = [
    "any_counts_give_finite_losses",
    "extreme_logits_give_finite_losses",
    "gradients_are_finite",
    "gradients_are_those_of_the_losses",
    "half_precision_gives_finite_losses",
    "losses_have_the_type_of_the_logits",
    "neutral_options_give_cross_entropy",
]

_EXTREME = 1e4


def extreme_logits_give_finite_losses(subject: Subject) -> None:
    """Logits of +-1e4 (cosines of +-1) give finite losses."""
    for case in _first_and_last(subject):
        batch = _extremes(case)
        _require_finite(case.values(batch), batch, "losses")


def gradients_are_finite(subject: Subject) -> None:
    """Gradients exist and are finite, at moderate logits and at +-1e4 (cosines of +-1)."""
    for case in _first_and_last(subject):
        for batch in (case.batch(), _extremes(case)):
            _require_finite(_gradient(case, batch.differentiable()), batch, "gradients")


def any_counts_give_finite_losses(subject: Subject) -> None:
    """Equal counts and classes without images, wherever they stand, give finite losses and gradients for all labels."""
    classes = len(subject.counts)
    rare = [9] + [0] * (classes - 1)
    for counts in (list(subject.counts), [7] * classes, rare[::-1], rare):
        mass = torch.tensor(counts)
        try:
            case = LossCase.of(subject, class_counts=mass, class_prior=normalised_prior(mass))
        except (OptionError, DataError):
            if counts in (rare, rare[::-1]):
                continue  # one class alone may be refused: there is nothing to learn
            raise
        batch = case.batch(2 * classes, every_label=True)
        where = f"losses for the counts {counts}"
        _require_finite(case.values(batch), batch, where)
        _require_finite(_gradient(case, batch.differentiable()), batch, f"gradients of the {where}")


def half_precision_gives_finite_losses(subject: Subject) -> None:
    """Logits in half precision or bfloat16, which `forward` may have to widen, give finite losses."""
    case = LossCase.of(subject)
    for dtype in (torch.float16, torch.bfloat16):
        batch = case.batch()
        batch = batch._replace(logits=(batch.logits if case.cosine else 20 * batch.logits).to(dtype))
        try:
            made = case.values(batch)
        except RuntimeError as error:  # torch's own word, which nobody overlooks; the engine gives float32 or wider
            raise Skip(f"it takes no {dtype} logits: {error}") from error
        _require_finite(made, batch, f"losses of {dtype} logits")


def gradients_are_those_of_the_losses(subject: Subject) -> None:
    """torch's gradcheck in float64 agrees, unless the loss says `detached = True`."""
    case = LossCase.of(subject, dtype=torch.float64)
    if getattr(case.loss, "detached", False):
        raise Skip("it says that part of it carries no gradient")
    batch = case.batch(3, dtype=torch.float64).differentiable()
    made = case.values(batch).dtype
    require(made == torch.float64, f"expected float64 losses for float64 logits, to compare gradients, but got {made}")

    def losses(logits: Tensor, features: Tensor | None = None) -> Tensor:
        return case.values(LossBatch(logits, batch.targets, features))

    inputs = [each for each in (batch.logits, batch.features) if each is not None]
    try:
        torch.autograd.gradcheck(losses, inputs, fast_mode=case.width > 8, check_undefined_grad=False)
    except RuntimeError as error:
        raise ConformanceError(
            "expected the gradients that finite differences give (a loss that cuts some on purpose says "
            f"`detached = True`), but gradcheck found: {error!s:.300}"
        ) from error


def losses_have_the_type_of_the_logits(subject: Subject) -> None:
    """float32 logits give float32 losses, also where buffers are still float64, and float64 logits float64 ones."""
    for logits, module in ((torch.float32, torch.float32), (torch.float32, None), (torch.float64, torch.float64)):
        case = LossCase.of(subject, dtype=module)
        for parameter in case.loss.parameters() if module is None else ():
            parameter.data = parameter.data.float()  # only buffers are said to be cast
        made = case.values(case.batch(dtype=logits)).dtype
        as_built = " before .float() was called" if module is None else ""
        require(made == logits, f"expected losses of the type of the logits, {logits}{as_built}, but got {made}")


def neutral_options_give_cross_entropy(subject: Subject) -> None:
    """Under the options that it claims to be neutral, the losses are those of cross-entropy."""
    neutral = neutral_subject(subject)
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.float64, 1e-9)):
        for epoch in range(EPOCHS):
            case = LossCase.of(neutral, dtype=dtype, epoch=epoch)
            batch = case.batch(dtype=dtype)
            logits = batch.logits * float(getattr(case.loss, "scale", 1.0)) if case.cosine else batch.logits
            wanted, made = F.cross_entropy(logits, batch.targets, reduction="none"), case.values(batch)
            require(
                close(made, wanted, tolerance),
                f"expected the cross-entropies {wanted.tolist()} with {neutral.entry.component.neutral!r} in {dtype}, "
                f"epoch {epoch}, but got {made.tolist()}",
            )


def _first_and_last(subject: Subject) -> Iterator[LossCase]:
    for epoch in (0, EPOCHS - 1):
        yield LossCase.of(subject, epoch=epoch)


def _extremes(case: LossCase) -> LossBatch:
    """For each label with images: right, wrong, undecided in three ways, and alternating, as far as logits go."""
    far = 1.0 if case.cosine else _EXTREME
    labels = case.subject.class_counts.nonzero().squeeze(1)
    right = F.one_hot(labels, case.classes).float() * far
    alternating = torch.full_like(right, far)
    alternating[:, ::2] = -far
    rows = [right, far - 2 * right, right * 0, right * 0 + far, right * 0 - far, alternating]
    batch = case.batch(len(rows) * labels.numel())
    return batch._replace(logits=torch.cat(rows), targets=labels.repeat(len(rows)))


def _gradient(case: LossCase, batch: LossBatch) -> Tensor:
    """The gradients for each sample's logits and features, `[B, ...]`."""
    inputs = [each for each in (batch.logits, batch.features) if each is not None]
    total = case.values(batch).sum()
    require(total.requires_grad, "expected losses that carry a gradient, but they carry none")
    found = torch.autograd.grad(total, inputs, allow_unused=True)
    require(found[0] is not None, "expected a gradient for the logits, but there is none")
    return torch.cat([each for each in found if each is not None], dim=1)


def _require_finite(values: Tensor, batch: LossBatch, what: str) -> None:
    wrong = (~values.detach().isfinite()).flatten(1).any(1) if values.dim() > 1 else ~values.detach().isfinite()
    if not bool(wrong.any()):
        return
    row = int(wrong.int().argmax()) if wrong.shape == batch.targets.shape else 0
    raise ConformanceError(
        f"expected finite {what}, but got {values.detach().reshape(len(wrong.view(-1)), -1)[row].tolist()} for the "
        f"logits {batch.logits[row].tolist()} and the label {int(batch.targets[row])}"
    )
