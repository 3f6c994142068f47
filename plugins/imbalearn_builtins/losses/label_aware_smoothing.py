"""Label-aware smoothing."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.reduction import check_reduction, reduce, widen
from imbalearn_builtins.ranges import check_unit
from imbalearn_builtins.weights.schedule import counts_of

__all__ = ["LabelAwareSmoothingLoss"]


class LabelAwareSmoothingLoss(nn.Module):
    """Cross-entropy with label smoothing, the more of it the more frequent the class.

        L = -(1 - e_y) log p_y - e_y / K sum_k log p_k,    p = softmax(z)
        e_c = tail + (head - tail) sin(pi/2 (n_c - n_min) / (n_max - n_min)),  tail where n_max = n_min

    A class without images is one of n_min = 0 images, and has e_c = tail.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, n, `[K]`.
        reduction: "none", "mean" or "sum".
        head: The smoothing of the most frequent class, in [0, 1].
        tail: The smoothing of the rarest class, in [0, 1].

    Raises:
        OptionError: An argument is outside its range.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Zhong, Cui, Liu, Jia. Improving Calibration for Long-Tailed Recognition. CVPR 2021, arXiv:2104.00466.

    >>> import torch
    >>> loss = LabelAwareSmoothingLoss(class_counts=torch.tensor([31, 11, 1]), head=0.4)
    >>> loss.smoothing.float()  # sin 90°, 30° and 0°
    tensor([0.4000, 0.2000, 0.0000])
    """

    smoothing: Tensor

    def __init__(self, *, class_counts: Tensor, reduction: str = "mean", head: float = 0.3, tail: float = 0.0) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.head, self.tail = check_unit("head", head), check_unit("tail", tail)
        counts = counts_of(class_counts)
        excess = counts - counts.min()
        # The minimum keeps 0 / 0 out where all counts are equal; counts may also be shares, all below 1.
        angle = math.pi / 2 * excess / excess.max().clamp_min(torch.finfo(excess.dtype).tiny)
        self.register_buffer("smoothing", tail + (head - tail) * angle.sin())

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        log_p = widen(logits).log_softmax(dim=1)
        smoothing = self.smoothing.to(log_p.dtype)[targets]
        own = F.nll_loss(log_p, targets, reduction="none")
        # The sum is divided after it has been taken: the mean would divide every entry in the backward pass.
        return reduce((1 - smoothing) * own - smoothing / log_p.shape[1] * log_p.sum(dim=1), self.reduction)
