"""Sigmoid focal loss."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.reduction import check_reduction, reduce, widen
from imbalearn_builtins.ranges import check_non_negative, check_unit

__all__ = ["SigmoidFocalLoss", "sigmoid_focal_loss"]


def sigmoid_focal_loss(
    logits: Tensor, targets: Tensor, gamma: float = 2.0, alpha: float = 0.25, reduction: str = "mean"
) -> Tensor:
    """The function behind `SigmoidFocalLoss`; arguments, shapes and errors as there."""
    check_non_negative("gamma", gamma)
    check_unit("alpha", alpha)
    values: Any = _SigmoidFocal.apply(widen(logits), targets, gamma, alpha)
    return reduce(values, reduction)


class SigmoidFocalLoss(nn.Module):
    """The binary focal loss of each class against the rest, summed over the classes.

        L = -alpha (1 - s_y)^gamma log s_y - (1 - alpha) sum_{k != y} s_k^gamma log(1 - s_k),    s = sigmoid(z)

    The reduction "mean" is over samples: L itself is a sum over classes.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        reduction: "none", "mean" or "sum".
        gamma: How fast the loss fades with the certainty of what is right, >= 0.
        alpha: The weight of the label beside 1 - alpha for the other classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range.

    References:
        [1] Lin, Goyal, Girshick, He, Dollár. Focal Loss for Dense Object Detection. ICCV 2017, arXiv:1708.02002.

    >>> import torch
    >>> loss = SigmoidFocalLoss(gamma=2.0, alpha=0.25)
    >>> round(loss(torch.zeros(1, 3), torch.tensor([0])).item(), 4)  # (0.25 + 2 * 0.75) 0.5 ** 2 log 2
    0.3033
    """

    def __init__(self, *, reduction: str = "mean", gamma: float = 2.0, alpha: float = 0.25) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.gamma = check_non_negative("gamma", gamma)
        self.alpha = check_unit("alpha", alpha)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return sigmoid_focal_loss(logits, targets, self.gamma, self.alpha, self.reduction)


class _SigmoidFocal(torch.autograd.Function):
    """[B, K], [B] -> [B], with the derivative found beside the value: autograd would take three times as long.

    With h(x) = s^gamma softplus(x) and s = sigmoid(x) the loss is alpha h(-z_y) + (1 - alpha) sum_{k != y} h(z_k), and
    h'(x) = gamma (1 - s) h(x) + s^(gamma + 1).
    """

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, logits: Tensor, targets: Tensor, gamma: float, alpha: float
    ) -> Tensor:
        labels = targets[:, None]
        own, own_slope = _sum_and_slope(-logits.gather(1, labels), gamma)
        others, slope = _sum_and_slope(logits, gamma, labels)
        ctx.gamma, ctx.alpha = gamma, alpha
        ctx.save_for_backward(logits, labels, own_slope, slope)
        return alpha * own + (1 - alpha) * others

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        logits, labels, own_slope, slope = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is wanted, so that the first must be on autograd's record
            own_slope = _differentiable_slope(-logits.gather(1, labels), ctx.gamma)
            slope = _differentiable_slope(logits, ctx.gamma)
        grad = grad[:, None]
        spread = slope * ((1 - ctx.alpha) * grad)
        return spread.scatter_(1, labels, -ctx.alpha * grad * own_slope), None, None, None


def _sum_and_slope(x: Tensor, gamma: float, left_out: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The sum of h over the columns without those left out, `[B]`, and h' where none is, `[B, K]`."""
    # 1 - s, which must neither round to 0 for a large x nor have a logarithm of -inf.
    rest = x.neg().sigmoid_().clamp_min_(torch.finfo(x.dtype).tiny)
    spare = rest.log()
    # softplus(x) = -log(1 - s). Where 1 - s rounds to nearly 1, its logarithm lacks what rounding has taken, which is
    # s - (1 - rest); where the floor holds, softplus(x) is x. torch's softplus takes twice as long as all this.
    cost = rest.sub_(1).sub_(spare)
    share = torch.sigmoid(x, out=spare)
    torch.maximum(cost.add_(share), x, out=cost)
    # A third array would cost as much as the logarithm.
    value = cost.mul_(share).mul_(share) if gamma == 2 else cost.mul_(share**gamma)
    if left_out is not None:
        value.scatter_(1, left_out, 0.0)
    total = value.sum(dim=1)
    return total, value.mul_(gamma).addcmul_(value, share, value=-1).add_(share.pow_(gamma + 1))


def _differentiable_slope(x: Tensor, gamma: float) -> Tensor:
    """h' in operations that autograd can follow."""
    share, cost = x.sigmoid(), -F.logsigmoid(-x)
    # The floor keeps the derivative of s^gamma finite for gamma < 1.
    power = share.clamp_min(math.sqrt(torch.finfo(x.dtype).tiny)) ** gamma
    return power * (share + gamma * (1 - share) * cost)
