"""Focal loss."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.ce import cross_entropy
from imbalearn_builtins.losses.reduction import check_labels, check_reduction, reduce
from imbalearn_torch import errors

__all__ = ["FocalLoss", "focal_loss"]


def focal_loss(logits: Tensor, targets: Tensor, gamma: float = 2.0, reduction: str = "mean") -> Tensor:
    """The function behind `FocalLoss`; arguments, shapes and errors as there."""
    _check_gamma(gamma)
    surprise = cross_entropy(logits, check_labels(targets), reduction="none")  # -log p_y
    # The slope of x**gamma at x = 0 is infinite for gamma < 1, and infinity times log p_y = 0 would be nan. At this
    # floor the second derivative still fits the type, and float32 logits cannot reach it except at 0 itself.
    floor = math.sqrt(torch.finfo(surprise.dtype).tiny)
    missing = (-torch.expm1(-surprise)).clamp_min(floor)  # 1 - p_y, exact also near p_y = 1
    return reduce(missing**gamma * surprise, reduction)


def _check_gamma(gamma: float) -> float:
    if not 0 <= gamma < math.inf:
        raise errors.OptionError(f"Expected `gamma` to be >= 0 and finite, but got {gamma}")
    return gamma


class FocalLoss(nn.Module):
    """Cross-entropy that fades for samples already well classified, in its softmax form.

        L = -(1 - p_y)^gamma log p_y,    p = softmax(z)

    Class weights multiply L from outside, so that p_y is always the probability of the network and never that of a
    weighted cross-entropy. With gamma = 0 it is cross-entropy.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        reduction: "none", "mean" or "sum".
        gamma: How fast the loss fades, >= 0.

    Raises:
        OptionError: An argument is outside its range.
        DataError: In a call, the targets are probabilities.

    References:
        [1] Lin, Goyal, Girshick, He, Dollár. Focal Loss for Dense Object Detection. ICCV 2017, arXiv:1708.02002.

    >>> import torch
    >>> loss = FocalLoss(gamma=2.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # 0.5 ** 2 * log 2
    0.1733
    """

    def __init__(self, *, reduction: str = "mean", gamma: float = 2.0) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.gamma = _check_gamma(gamma)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return focal_loss(logits, targets, self.gamma, self.reduction)
