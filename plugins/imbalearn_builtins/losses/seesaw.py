"""Seesaw loss."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.reduction import check_reduction, widen
from imbalearn_builtins.ranges import check_non_negative
from imbalearn_torch import errors

__all__ = ["SeesawLoss"]


class SeesawLoss(nn.Module):
    """Cross-entropy in which a class pushes a rarer one down less, unless samples are mistaken for that one.

        L = CE(z_k + log S_yk, y),    S_yk = M_yk C_yk for k != y,  S_yy = 1
        M_yk = min(1, N_k / N_y)^p,    C_yk = max(1, p_k / max(p_y, eps))^q,    p = softmax(z), held constant

    N_c are the labels observed so far, at least 1: `observe` counts them, `forward` does not, and the counts are saved
    with the state. Before anything is observed, the mitigation M is 1. The factors differ from sample to sample, and
    remove no share of the class prior from the predictor: `corrects_prior` is not set. Since p is held constant, the
    gradient is not that of finite differences, which `detached` says.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        num_classes: K.
        reduction: "none", "mean" or "sum".
        p: The exponent of the mitigation, >= 0.
        q: The exponent of the compensation, >= 0.
        eps: The least p_y that the compensation divides by, in (0, 1].

    Raises:
        OptionError: An argument is outside its range.

    References:
        [1] Wang, Zhang, Zang, Cao, Pang, Gong, Chen, Liu, Loy, Lin. Seesaw Loss for Long-Tailed Instance Segmentation.
            CVPR 2021, arXiv:2008.10032.

    >>> import torch
    >>> loss = SeesawLoss(num_classes=2, p=1.0)
    >>> loss.observe(torch.tensor([0, 0, 0, 1]))
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # M_01 = 1/3: log(1 + 1/3)
    0.2877
    """

    detached = True
    observed: Tensor

    def __init__(
        self, *, num_classes: int, reduction: str = "mean", p: float = 0.8, q: float = 2.0, eps: float = 0.01
    ) -> None:
        super().__init__()
        if not 0 < eps <= 1:
            raise errors.OptionError(f"Expected `eps` to be in (0, 1], but got {eps}")
        self.reduction = check_reduction(reduction)
        self.p, self.q = check_non_negative("p", p), check_non_negative("q", q)
        self.eps = eps
        self.register_buffer("observed", torch.zeros(num_classes, dtype=torch.int64))

    def observe(self, targets: Tensor) -> None:
        """Count the labels of one step.

        Args:
            targets: int64 `[B]`, on the device of the module.
        """
        self.observed += torch.bincount(targets, minlength=self.observed.numel())

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        log_p = adjusted_log_softmax(widen(logits), lambda z: self._adjusted(z, targets[:, None]))
        return F.nll_loss(log_p, targets, reduction=self.reduction)

    def _adjusted(self, logits: Tensor, labels: Tensor) -> Tensor:
        """z_k + log S_yk, up to a constant of the row, which the softmax does not see."""
        # log M_yk = p min(log N_k, log N_y) - p log N_y, and log C_yk = q max(log p_k, b) - q b with
        # b = log max(p_y, eps): at k = y both minuends are those constants, so that S_yy is 1 without a mask.
        log_n = self.observed.clamp_min(1).to(logits.dtype).log().mul_(self.p)
        adjusted = torch.minimum(log_n, log_n[labels])
        log_p = torch.log_softmax(logits, dim=1)
        bound = log_p.gather(1, labels).clamp_min_(math.log(self.eps))
        return adjusted.add_(torch.maximum(log_p, bound, out=log_p), alpha=self.q).add_(logits)
