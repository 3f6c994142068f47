"""Cross-entropy."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.reduction import check_reduction, check_smoothing, widen

__all__ = ["CrossEntropyLoss", "cross_entropy"]


def cross_entropy(logits: Tensor, targets: Tensor, reduction: str = "mean", smoothing: float = 0.0) -> Tensor:
    """The function behind `CrossEntropyLoss`; arguments, shapes and errors as there."""
    check_reduction(reduction)
    return F.cross_entropy(widen(logits), targets, reduction=reduction, label_smoothing=check_smoothing(smoothing))


class CrossEntropyLoss(nn.Module):
    """Cross-entropy of the softmax, with label smoothing.

        L = -(1 - eps) log p_y - eps / K sum_k log p_k,    p = softmax(z),  eps = smoothing

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        reduction: "none", "mean" or "sum".
        smoothing: The share of the label that is spread over all classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range.

    References:
        [1] Szegedy, Vanhoucke, Ioffe, Shlens, Wojna. Rethinking the Inception Architecture for Computer Vision. CVPR
            2016, arXiv:1512.00567 (label smoothing).

    >>> import torch
    >>> loss = CrossEntropyLoss(smoothing=0.1)
    >>> round(loss(torch.zeros(1, 4), torch.tensor([2])).item(), 4)
    1.3863
    """

    def __init__(self, *, reduction: str = "mean", smoothing: float = 0.0) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.smoothing = check_smoothing(smoothing)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return cross_entropy(logits, targets, self.reduction, self.smoothing)
