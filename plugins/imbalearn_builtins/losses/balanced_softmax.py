"""Balanced softmax."""

from __future__ import annotations

from torch import Tensor

from imbalearn_builtins.losses.prior_shift import PriorShiftedLoss

__all__ = ["BalancedSoftmaxLoss"]


class BalancedSoftmaxLoss(PriorShiftedLoss):
    """Cross-entropy of logits shifted by the log prior, so that the logits themselves are free of it.

        L = CE(z + log pi, y);  without `class_prior`, pi_c = n_c / N

    A class without images gets the smallest prior of a present one: every loss and gradient is finite.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`; used where `class_prior` is None.
        class_prior: The distribution over classes that the model sees, `[K]`.
        reduction: "none", "mean" or "sum".
        smoothing: The share of the label that is spread over all classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range, or neither counts nor prior are given.
        DataError: Counts or prior are no vector of numbers >= 0.

    References:
        [1] Ren, Yu, Sheng, Ma, Zhao, Yi, Li. Balanced Meta-Softmax for Long-Tailed Visual Recognition. NeurIPS 2020,
            arXiv:2007.10740.

    >>> import torch
    >>> loss = BalancedSoftmaxLoss(class_counts=torch.tensor([3, 1]))
    >>> round(loss(torch.zeros(1, 2), torch.tensor([1])).item(), 4)  # -log 1/4
    1.3863
    """

    corrects_prior = True

    def __init__(
        self,
        *,
        class_counts: Tensor | None = None,
        class_prior: Tensor | None = None,
        reduction: str = "mean",
        smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            class_counts=class_counts, class_prior=class_prior, reduction=reduction, tau=1.0, smoothing=smoothing
        )
