"""Influence-balanced loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.ce import cross_entropy
from imbalearn_builtins.losses.reduction import check_labels, check_reduction, reduce
from imbalearn_builtins.ranges import check_positive, check_unit
from imbalearn_torch import errors

__all__ = ["InfluenceBalancedLoss"]

_EPSILON = 1e-3


class InfluenceBalancedLoss(nn.Module):
    """Cross-entropy divided by the influence of the sample on the last layer; plain cross-entropy before `start`.

        L = CE alpha / (||p - onehot_y||_1 ||h||_1 + 0.001),    p = softmax(z),  h = penultimate features

    Nothing is held constant: the gradient is also that of the divisor, with respect to the logits and to the features.
    Samples that pull hard at the boundary, which are mostly those of frequent classes, are weighted down.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`, features `[B, D]`; the result
    is `[B]` for reduction "none", a scalar otherwise.

    Args:
        epochs: The length of training; needed where `start` > 0.
        reduction: "none", "mean" or "sum".
        alpha: The factor of the loss, > 0.
        start: The fraction of training before which the loss is cross-entropy, in [0, 1]; from the epoch
            `round(start * epochs)` on, which `set_epoch` is told of, samples are weighted.

    Raises:
        OptionError: An argument is outside its range, or `epochs` is missing.
        DataError: In a call, the targets are probabilities.

    References:
        [1] Park, Lim, Jeon, Choi. Influence-Balanced Loss for Imbalanced Visual Classification. ICCV 2021,
            arXiv:2110.02444.

    >>> import torch
    >>> loss = InfluenceBalancedLoss(start=0.0, alpha=2.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0]), features=torch.ones(1, 3)).item(), 4)  # 2 log 2 / 3.001
    0.4619
    """

    def __init__(
        self, *, epochs: int | None = None, reduction: str = "mean", alpha: float = 1000.0, start: float = 0.5
    ) -> None:
        super().__init__()
        if check_unit("start", start) and epochs is None:
            raise errors.OptionError(f"Expected `epochs` together with `start`, but got start={start} alone")
        self.reduction = check_reduction(reduction)
        self.alpha = check_positive("alpha", alpha)
        self.first_epoch = round(start * (epochs or 0))
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        self.epoch = epoch

    def forward(self, logits: Tensor, targets: Tensor, features: Tensor) -> Tensor:
        values = cross_entropy(logits, check_labels(targets), reduction="none")
        if self.epoch >= self.first_epoch:
            # ||p - onehot_y||_1 = 2 (1 - p_y), and expm1 keeps the digits of 1 - p_y near p_y = 1.
            distance = -2 * torch.expm1(-values)
            influence = distance * features.to(values.dtype).abs().sum(dim=1)
            values = values * (self.alpha / (influence + _EPSILON))
        return reduce(values, self.reduction)
