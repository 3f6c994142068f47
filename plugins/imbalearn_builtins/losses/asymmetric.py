"""Asymmetric loss for single labels."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import log_softmax_backward
from imbalearn_builtins.losses.reduction import check_reduction, check_smoothing, reduce, widen
from imbalearn_builtins.ranges import check_non_negative

__all__ = ["AsymmetricLoss", "asymmetric_loss"]


def asymmetric_loss(
    logits: Tensor,
    targets: Tensor,
    *,
    gamma_pos: float = 0.0,
    gamma_neg: float = 4.0,
    smoothing: float = 0.1,
    reduction: str = "mean",
) -> Tensor:
    """The function behind `AsymmetricLoss`; arguments, shapes and errors as there."""
    check_non_negative("gamma_pos", gamma_pos)
    check_non_negative("gamma_neg", gamma_neg)
    check_smoothing(smoothing)
    parts: Any = _OwnAndOthers.apply(widen(logits), targets, gamma_neg)
    own, others = parts
    # The slope of x**gamma at x = 0 is infinite for gamma < 1, and infinity times log p_y = 0 would be nan.
    floor = math.sqrt(torch.finfo(own.dtype).tiny)
    missing = (-torch.expm1(own)).clamp_min(floor)  # 1 - p_y, exact also near p_y = 1
    share = smoothing / logits.shape[1]
    return reduce((smoothing - 1 - share) * missing**gamma_pos * own - share * others, reduction)


class AsymmetricLoss(nn.Module):
    """Cross-entropy with smoothed labels in which every class fades with its own exponent.

        L = -sum_k q_k W_k log p_k,    p = softmax(z),  q = (1 - eps) onehot_y + eps / K,  eps = smoothing
        W_y = (1 - p_y)^gamma_pos,  W_k = p_k^gamma_neg for k != y

    The factors W are not held constant: the gradient is also theirs. With both exponents 0 it is cross-entropy with
    label smoothing, without smoothing the focal loss of gamma_pos.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        reduction: "none", "mean" or "sum".
        gamma_pos: How fast the label's term fades with p_y, >= 0.
        gamma_neg: How fast the other terms fade with 1 - p_k, >= 0.
        smoothing: The share of the label that is spread over all classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range.

    References:
        [1] Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter, Zelnik-Manor. Asymmetric Loss for Multi-Label
            Classification. ICCV 2021, arXiv:2009.14119.

    >>> import torch
    >>> loss = AsymmetricLoss(gamma_pos=1.0, gamma_neg=1.0, smoothing=0.5)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # (0.75 * 0.5 + 0.25 * 0.5) log 2
    0.3466
    """

    def __init__(
        self, *, reduction: str = "mean", gamma_pos: float = 0.0, gamma_neg: float = 4.0, smoothing: float = 0.1
    ) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.gamma_pos = check_non_negative("gamma_pos", gamma_pos)
        self.gamma_neg = check_non_negative("gamma_neg", gamma_neg)
        self.smoothing = check_smoothing(smoothing)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return asymmetric_loss(
            logits,
            targets,
            gamma_pos=self.gamma_pos,
            gamma_neg=self.gamma_neg,
            smoothing=self.smoothing,
            reduction=self.reduction,
        )


class _OwnAndOthers(torch.autograd.Function):
    """log p_y and sum_{k != y} p_k^gamma log p_k, `[B]` each, of logits `[B, K]`.

    The derivative is found beside the value, and both go through the softmax together: autograd would make twice as
    many arrays `[B, K]`.
    """

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, logits: Tensor, targets: Tensor, gamma: float
    ) -> tuple[Tensor, Tensor]:
        labels = targets[:, None]
        log_p = logits.log_softmax(dim=1)
        # torch computes exp2 on a CPU in a third of the time of exp.
        power = (gamma / math.log(2) * log_p).exp2_()
        terms = (power * log_p).scatter_(1, labels, 0.0)
        ctx.gamma = gamma
        ctx.save_for_backward(logits, labels, log_p, power.add_(terms, alpha=gamma))
        return log_p.gather(1, labels).squeeze(1), terms.sum(dim=1)

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, grad_own: Tensor, grad_others: Tensor
    ) -> tuple[Tensor, None, None]:
        logits, labels, log_p, slope = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is wanted, so that the first must be on autograd's record
            log_p = logits.log_softmax(dim=1)
            slope = (ctx.gamma * log_p).exp() * (1 + ctx.gamma * log_p)
        grad = (slope * grad_others[:, None]).scatter_(1, labels, grad_own[:, None])
        return log_softmax_backward(grad, log_p), None, None
