"""Reduction, smoothing and labels, as all losses of this folder take them."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_torch import errors

__all__ = ["REDUCTIONS", "check_labels", "check_reduction", "check_smoothing", "reduce", "widen"]

REDUCTIONS = ("none", "mean", "sum")


def check_reduction(reduction: str) -> str:
    """The reduction itself, if it is one of `REDUCTIONS`.

    Raises:
        OptionError: It is not.
    """
    if reduction not in REDUCTIONS:
        raise errors.OptionError(f"Expected `reduction` to be one of {', '.join(REDUCTIONS)}, but got {reduction!r}")
    return reduction


def check_labels(targets: Tensor) -> Tensor:
    """The labels themselves, if they are labels: torch's cross-entropy takes probabilities too.

    Raises:
        DataError: They are probabilities.
    """
    if targets.is_floating_point():
        raise errors.DataError(
            f"Expected labels int64 [B], but got {targets.dtype} {list(targets.shape)}; for mixed labels, "
            "take lam * loss(logits, a) + (1 - lam) * loss(logits, b) with reduction='none'"
        )
    return targets


def check_smoothing(smoothing: float) -> float:
    """The share of label smoothing itself, if it lies in [0, 1].

    Raises:
        OptionError: It does not.
    """
    if not 0 <= smoothing <= 1:
        raise errors.OptionError(f"Expected `smoothing` to be in [0, 1], but got {smoothing}")
    return smoothing


def reduce(values: Tensor, reduction: str) -> Tensor:
    """Losses of single samples `[B]` as they are, or their mean or sum (a scalar).

    Raises:
        OptionError: `reduction` is none of `REDUCTIONS`.
    """
    if check_reduction(reduction) == "none":
        return values
    return values.mean() if reduction == "mean" else values.sum()


def widen(logits: Tensor) -> Tensor:
    """Logits in float32 or wider: an exponential in half precision overflows from 11.1 on."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
