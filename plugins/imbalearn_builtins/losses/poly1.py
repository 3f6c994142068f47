"""Poly-1 loss."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.ce import cross_entropy
from imbalearn_builtins.losses.reduction import check_labels, check_reduction, reduce
from imbalearn_torch import errors

__all__ = ["Poly1Loss", "poly1_loss"]


def poly1_loss(logits: Tensor, targets: Tensor, epsilon: float = 1.0, reduction: str = "mean") -> Tensor:
    """The function behind `Poly1Loss`; arguments, shapes and errors as there."""
    surprise = cross_entropy(logits, check_labels(targets), reduction="none")  # -log p_y
    return reduce(surprise - _check_epsilon(epsilon) * torch.expm1(-surprise), reduction)


def _check_epsilon(epsilon: float) -> float:
    if not math.isfinite(epsilon):
        raise errors.OptionError(f"Expected `epsilon` to be finite, but got {epsilon}")
    return epsilon


class Poly1Loss(nn.Module):
    """Cross-entropy with another weight for the first term of its expansion in powers of 1 - p_y.

        L = -log p_y + epsilon (1 - p_y),    p = softmax(z)

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        reduction: "none", "mean" or "sum".
        epsilon: What is added to the weight 1 of the first term; negative values are used too, 0 is cross-entropy.

    Raises:
        OptionError: An argument is outside its range.
        DataError: In a call, the targets are probabilities.

    References:
        [1] Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov. PolyLoss: A Polynomial Expansion Perspective of Classification
            Loss Functions. ICLR 2022, arXiv:2204.12511.

    >>> import torch
    >>> loss = Poly1Loss(epsilon=1.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # log 2 + 0.5
    1.1931
    """

    def __init__(self, *, reduction: str = "mean", epsilon: float = 1.0) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.epsilon = _check_epsilon(epsilon)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        return poly1_loss(logits, targets, self.epsilon, self.reduction)
