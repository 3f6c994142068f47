"""Label distribution disentangling loss."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from imbalearn_builtins.losses.adjusted import log_softmax_, log_softmax_backward
from imbalearn_builtins.losses.prior_shift import PriorShiftedLoss
from imbalearn_builtins.losses.reduction import reduce, widen
from imbalearn_builtins.ranges import check_non_negative

__all__ = ["LADELoss"]

_LOG2_E = 1 / math.log(2)


class LADELoss(PriorShiftedLoss):
    """Balanced softmax, and a term that ties the logits to those of a model trained on balanced data.

        L = CE(z + log pi, y) + alpha R,    R = -sum_c pi_c [mean of z_c over the samples of class c - T_c - lam T_c^2]
        T_c = log(1/B sum_i exp(z_ic) / (pi_c K));  without `class_prior`, pi_c = n_c / N

    R is one number for the batch, added in full to every sample; the mean is 0 for a class without samples in it. With
    alpha = 0 it is balanced softmax. A class without images gets the smallest prior of a present one: every loss and
    gradient is finite.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`; used where `class_prior` is None.
        class_prior: The distribution over classes that the model sees, `[K]`.
        reduction: "none", "mean" or "sum".
        alpha: The weight of R, >= 0.
        lam: The weight of T^2, which holds the normalisation T of each class near 0, >= 0.

    Raises:
        OptionError: An argument is outside its range, or neither counts nor prior are given.
        DataError: Counts or prior are no vector of numbers >= 0.

    References:
        [1] Hong, Han, Choi, Seo, Kim, Chang. Disentangling Label Distribution for Long-Tailed Visual Recognition. CVPR
            2021, arXiv:2012.00321.

    >>> import torch
    >>> loss = LADELoss(class_counts=torch.tensor([1, 1]), alpha=1.0, lam=1.0)
    >>> round(loss(torch.ones(1, 2), torch.tensor([0])).item(), 4)  # log 2 - (1/2 (1 - 2) + 1/2 (0 - 2))
    2.1931
    """

    corrects_prior = True

    def __init__(
        self,
        *,
        class_counts: Tensor | None = None,
        class_prior: Tensor | None = None,
        reduction: str = "mean",
        alpha: float = 0.1,
        lam: float = 0.1,
    ) -> None:
        super().__init__(
            class_counts=class_counts, class_prior=class_prior, reduction=reduction, tau=1.0, smoothing=0.0
        )
        self.alpha, self.lam = check_non_negative("alpha", alpha), check_non_negative("lam", lam)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        if not self.alpha:
            return super().forward(logits, targets)
        logits = widen(logits)
        batch, classes = logits.shape
        log_pi = self.log_prior.to(logits.dtype)
        pi = log_pi.exp()
        parts = _Parts.apply(logits, log_pi, targets[:, None])
        log_p, own, columns = parts  # pyright: ignore[reportGeneralTypeIssues]
        # sum_c pi_c mean_c, sample by sample: a class without samples never comes up.
        means = ((pi / torch.bincount(targets, minlength=classes))[targets] * own.squeeze(1)).sum()
        normalisation = columns - log_pi - math.log(classes * batch)
        term = (pi * (normalisation + self.lam * normalisation**2)).sum() - means
        return reduce(F.nll_loss(log_p, targets, reduction="none") + self.alpha * term, self.reduction)


class _Parts(torch.autograd.Function):
    """log_softmax(z + log pi) `[B, K]`, the logits of the labels `[B, 1]`, and logsumexp over the batch `[K]`.

    Together they need one array in the forward pass, and two in the backward pass. The sums are taken in base 2, since
    torch computes exp2 on a CPU in a third of the time of exp; both passes of torch.logsumexp take as long as those of
    cross-entropy.
    """

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, logits: Tensor, shift: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        top = logits.amax(dim=0)
        array = _exp_difference(logits, top)
        columns = array.sum(dim=0).log_().add_(top)
        log_p = log_softmax_(torch.add(logits, shift, out=array))
        ctx.save_for_backward(logits, labels, log_p, columns)
        return log_p, logits.gather(1, labels), columns

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, grad_log_p: Tensor, grad_own: Tensor, grad_columns: Tensor
    ) -> tuple[Tensor, None, None]:
        logits, labels, log_p, columns = ctx.saved_tensors
        grad = log_softmax_backward(grad_log_p, log_p)
        grad.addcmul_(_exp_difference(logits, columns), grad_columns)
        return grad.scatter_add_(1, labels, grad_own), None, None


def _exp_difference(logits: Tensor, columns: Tensor) -> Tensor:
    """exp(logits - columns), `[B, K]`."""
    return torch.add(columns * -_LOG2_E, logits, alpha=_LOG2_E).exp2_()
