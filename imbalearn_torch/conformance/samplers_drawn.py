"""What a sampler says that it draws, and what it draws."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Skip, require
from imbalearn_torch.conformance.neutral import neutral_subject
from imbalearn_torch.conformance.planned import Planned
from imbalearn_torch.conformance.subject import EPOCHS, Subject

__all__ = [
    "class_distribution_is_what_is_drawn",
    "class_distribution_sums_to_one",
    "neutral_options_draw_as_instance",
]

_PLANS = 12
_LARGER = 20  # times the subject's images: frequencies need draws
_SIGMAS = 8


def class_distribution_sums_to_one(subject: Subject) -> None:
    """`class_distribution(epoch)` is [K], >= 0, with the sum 1, in every epoch."""
    planned = Planned.of(subject)
    for epoch in range(EPOCHS):
        if planned.distribution(epoch, len(subject.counts)) is None:
            raise Skip("it states no class_distribution")


def class_distribution_is_what_is_drawn(subject: Subject) -> None:
    """The classes in the plans, as the engine cuts them, occur as `class_distribution` says."""
    planned, classes = Planned.of(_larger(subject)), len(subject.counts)
    for epoch in (0, EPOCHS - 1):
        stated = planned.distribution(epoch, classes)
        if stated is None:
            raise Skip("it states no class_distribution")
        _require_drawn(planned, epoch, stated, "as class_distribution says")


def neutral_options_draw_as_instance(subject: Subject) -> None:
    """Under the options that it claims to be neutral, classes are drawn by their share of the images."""
    larger = _larger(neutral_subject(subject))
    planned, shares = Planned.of(larger), larger.class_counts.double() / larger.class_counts.sum()
    for epoch in range(EPOCHS):
        stated = planned.distribution(epoch, shares.numel())
        require(
            stated is None or torch.allclose(stated, shares, rtol=0, atol=1e-6),
            f"expected class_distribution of epoch {epoch} to be the share of the images {_shown(shares)}, but got "
            f"{_shown(stated)}",
        )
        _require_drawn(planned, epoch, shares, f"by their share of the images with {larger.options!r}")


def _larger(subject: Subject) -> Subject:
    return replace(subject, counts=tuple(count * _LARGER for count in subject.counts))


def _require_drawn(planned: Planned, epoch: int, wanted: Tensor, how: str) -> None:
    plans = [planned.targets[planned.plan(epoch, seed)] for seed in range(_PLANS)]
    length = plans[0].numel()
    shares = torch.stack([torch.bincount(plan, minlength=wanted.numel()).double() / length for plan in plans])
    drawn = shares.mean(0)
    # Draws need not be independent: the spread between plans counts where it is wider than a binomial's. The last term
    # is for samplers that round the number of draws of a class.
    error = torch.maximum(shares.var(0), wanted * (1 - wanted) / length).div(_PLANS).sqrt()
    bound = _SIGMAS * error + 1.5 / length
    worst = int(((drawn - wanted).abs() - bound).argmax())
    require(
        bool(((drawn - wanted).abs() <= bound).all()),
        f"expected classes in epoch {epoch} to be drawn {how}, class {worst} {float(wanted[worst]):.3f} of the time, "
        f"but {_PLANS} plans of {length} draws gave {float(drawn[worst]):.3f} (all: {_shown(drawn)})",
    )


def _shown(distribution: Tensor | None) -> list[float]:
    return [] if distribution is None else [round(each, 4) for each in distribution.tolist()]
