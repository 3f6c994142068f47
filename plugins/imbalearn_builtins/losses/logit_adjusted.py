"""Logit-adjusted cross-entropy."""

from __future__ import annotations

from torch import Tensor

from imbalearn_builtins.losses.prior_shift import PriorShiftedLoss

__all__ = ["LogitAdjustedLoss"]


class LogitAdjustedLoss(PriorShiftedLoss):
    """Cross-entropy of logits shifted by tau times the log prior.

        L = CE(z + tau log pi, y);  without `class_prior`, pi_c = n_c / N

    With tau = 1 it is balanced softmax, with tau = 0 cross-entropy. A class without images gets the smallest prior of
    a present one: every loss and gradient is finite.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`; used where `class_prior` is None.
        class_prior: The distribution over classes that the model sees, `[K]`.
        reduction: "none", "mean" or "sum".
        tau: The share of the log prior that is removed from the logits, >= 0.
        smoothing: The share of the label that is spread over all classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range, or neither counts nor prior are given.
        DataError: Counts or prior are no vector of numbers >= 0.

    References:
        [1] Menon, Jayasumana, Rawat, Jain, Veit, Kumar. Long-Tail Learning via Logit Adjustment. ICLR 2021,
            arXiv:2007.07314.

    >>> import torch
    >>> loss = LogitAdjustedLoss(class_prior=torch.tensor([0.9, 0.1]), tau=2.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([1])).item(), 4)  # log 82
    4.4067
    """

    def __init__(
        self,
        *,
        class_counts: Tensor | None = None,
        class_prior: Tensor | None = None,
        reduction: str = "mean",
        tau: float = 1.0,
        smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            class_counts=class_counts, class_prior=class_prior, reduction=reduction, tau=tau, smoothing=smoothing
        )
        self.corrects_prior = tau
