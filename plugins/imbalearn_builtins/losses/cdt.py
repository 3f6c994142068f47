"""Class-dependent temperatures."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import check_reduction, widen
from imbalearn_builtins.ranges import check_non_negative

__all__ = ["CDTLoss", "inverse_temperatures"]


def inverse_temperatures(class_counts: Tensor, gamma: float) -> Tensor:
    """(n_c / n_max)^gamma, float64 `[K]` on the CPU; a class without images has that of the rarest present one.

    Raises:
        OptionError: `gamma` is negative or not finite.
        DataError: Counts are no vector of numbers >= 0.
    """
    log_pi = log_prior(class_counts)
    return (check_non_negative("gamma", gamma) * (log_pi - log_pi.max())).exp()


class CDTLoss(nn.Module):
    """Cross-entropy of logits divided by a temperature, the higher the rarer the class.

        L = CE(z / D, y),    D_c = (n_max / n_c)^gamma

    The temperatures are left out at prediction, so that rare classes, whose logits had to be larger in training, are
    chosen more often. That is no shift of the logits by a share of the log prior: `corrects_prior` is not set. With
    gamma = 0 it is cross-entropy. A class without images has the temperature of the rarest present one.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`.
        reduction: "none", "mean" or "sum".
        gamma: How fast temperatures rise with rarity, >= 0.

    Raises:
        OptionError: An argument is outside its range.
        DataError: Counts are no vector of numbers >= 0.

    References:
        [1] Ye, Chen, Zhan, Chao. Identifying and Compensating for Feature Deviation in Imbalanced Deep Learning. 2020,
            arXiv:2001.01385.

    >>> import torch
    >>> loss = CDTLoss(class_counts=torch.tensor([4, 1]), gamma=0.5)
    >>> round(loss(torch.tensor([[0.0, 2.0]]), torch.tensor([1])).item(), 4)  # log(1 + e^-1)
    0.3133
    """

    inverse_temperature: Tensor

    def __init__(self, *, class_counts: Tensor, reduction: str = "mean", gamma: float = 0.2) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.register_buffer("inverse_temperature", inverse_temperatures(class_counts, gamma))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        logits = widen(logits)
        slope = self.inverse_temperature.to(logits.dtype)
        log_p = adjusted_log_softmax(logits, lambda z: torch.mul(z, slope), slope)
        return F.nll_loss(log_p, targets, reduction=self.reduction)
