"""Softmax equalization loss."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.levels import LEVELS, random_levels
from imbalearn_builtins.losses.reduction import check_reduction, widen
from imbalearn_builtins.ranges import check_unit
from imbalearn_builtins.weights.schedule import counts_of

__all__ = ["EqualizationLoss"]

# e^-1e30 is 0 in every type, and its multiples by up to LEVELS still fit into float32.
_FAR = 1e30


class EqualizationLoss(nn.Module):
    """Cross-entropy in which rare classes are mostly left out where they are not the label.

        L = -log( e^z_y / sum_k w_k e^z_k ),    w_k = 1 - beta 1[f_k < lam] (1 - onehot_k),    f_c = n_c / N

    beta is 1 with probability gamma, else 0, drawn anew for each sample and class in each call, from torch's default
    generator of the logits' device, as in the authors' code; the probability is exact to 16 bits. A class that is left
    out has no share in the softmax of that sample and no gradient from it. A class without images counts as rare.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, n, `[K]`.
        reduction: "none", "mean" or "sum".
        gamma: The probability that a rare class is left out, in [0, 1]; with 0 the loss is cross-entropy.
        lam: The frequency below which a class is rare, in [0, 1].

    Raises:
        OptionError: An argument is outside its range.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Tan, Wang, Li, Li, Ouyang, Yin, Yan. Equalization Loss for Long-Tailed Object Recognition. CVPR 2020,
            arXiv:2003.05176.

    >>> import torch
    >>> loss = EqualizationLoss(class_counts=torch.tensor([90, 9, 1]), gamma=1.0, lam=0.05)
    >>> round(loss(torch.zeros(1, 3), torch.tensor([0])).item(), 4)  # log 2: the third class is left out
    0.6931
    """

    threshold: Tensor

    def __init__(
        self, *, class_counts: Tensor, reduction: str = "mean", gamma: float = 0.9, lam: float = 0.005
    ) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.gamma, self.lam = check_unit("gamma", gamma), check_unit("lam", lam)
        counts = counts_of(class_counts)
        # Not counts < lam * N, whose rounding makes 7 of 100 rarer than 0.07; without any images, 0 / 0 is not rare.
        rare = counts / counts.sum() < lam
        # Of the levels 0..LEVELS - 1 of a draw, those below it leave the class out.
        self.register_buffer("threshold", rare.double() * round(gamma * LEVELS))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        log_p = adjusted_log_softmax(widen(logits), lambda z: self._adjusted(z, targets[:, None]))
        return F.nll_loss(log_p, targets, reduction=self.reduction)

    def _adjusted(self, logits: Tensor, labels: Tensor) -> Tensor:
        """z + log w, where a finite number stands for log 0."""
        # Arithmetic in the place of `masked_fill`: with a mask at random that takes as long as the softmax itself.
        shift = random_levels(logits).to(logits.dtype).sub_(self.threshold.to(logits.dtype)).clamp_max_(0)
        return shift.scatter_(1, labels, 0).mul_(_FAR).add_(logits)
