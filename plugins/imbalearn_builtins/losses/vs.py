"""Vector-scaling loss."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.cdt import inverse_temperatures
from imbalearn_builtins.losses.prior_shift import PriorShiftedLoss

__all__ = ["VSLoss"]


class VSLoss(PriorShiftedLoss):
    """Cross-entropy of logits divided by class-dependent temperatures and shifted by tau times the log prior.

        L = CE(z / D + tau log pi, y),    D_c = (n_max / n_c)^gamma;  without `class_prior`, pi_c = n_c / N

    With gamma = 0 it is logit adjustment, with tau = 0 class-dependent temperatures (`cdt`). D follows the counts of
    the training data, pi what the model sees. A class without images counts as the rarest present one: every loss and
    gradient is finite.

    Shapes: logits `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`.
        class_prior: The distribution over classes that the model sees, `[K]`.
        reduction: "none", "mean" or "sum".
        gamma: How fast temperatures rise with rarity, >= 0.
        tau: The share of the log prior that is removed from the logits, >= 0.

    Raises:
        OptionError: An argument is outside its range.
        DataError: Counts or prior are no vector of numbers >= 0.

    References:
        [1] Kini, Paraskevas, Oymak, Thrampoulidis. Label-Imbalanced and Group-Sensitive Classification under
            Overparameterization. NeurIPS 2021, arXiv:2103.01550.

    >>> import torch
    >>> loss = VSLoss(class_counts=torch.tensor([3, 1]), gamma=0.3, tau=1.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([1])).item(), 4)  # -log 1/4
    1.3863
    """

    inverse_temperature: Tensor

    def __init__(
        self,
        *,
        class_counts: Tensor,
        class_prior: Tensor | None = None,
        reduction: str = "mean",
        gamma: float = 0.3,
        tau: float = 1.0,
    ) -> None:
        super().__init__(
            class_counts=class_counts, class_prior=class_prior, reduction=reduction, tau=tau, smoothing=0.0
        )
        self.corrects_prior = tau
        self.register_buffer("inverse_temperature", inverse_temperatures(class_counts, gamma))

    def log_probabilities(self, logits: Tensor) -> Tensor:
        """log_softmax(z / D + tau log pi), `[B, K]`, of logits in float32 or wider."""
        slope, shift = self.inverse_temperature.to(logits.dtype), self.tau * self.log_prior.to(logits.dtype)
        return adjusted_log_softmax(logits, lambda z: torch.addcmul(shift, z, slope), slope)
