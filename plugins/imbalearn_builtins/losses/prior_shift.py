"""Cross-entropy of logits shifted by the log prior: what balanced softmax and logit adjustment share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.reduction import check_reduction, check_smoothing, reduce, widen
from imbalearn_builtins.ranges import check_non_negative
from imbalearn_torch import errors, normalised_prior

__all__ = ["PriorShiftedLoss", "log_prior"]


def log_prior(mass: Tensor) -> Tensor:
    """The logarithm of a class prior; an absent class gets the smallest prior of a present one, so that all are finite.

    Args:
        mass: Counts or probabilities, finite and >= 0, `[K]`.

    Returns:
        float64 `[K]` on the CPU.

    Raises:
        DataError: `mass` is no such vector.
    """
    mass = torch.as_tensor(mass, dtype=torch.float64)
    if mass.ndim != 1 or not bool((mass.isfinite() & (mass >= 0)).all()):
        raise errors.DataError(f"Expected one finite number >= 0 for each class, but got {mass.tolist()}")
    return normalised_prior(mass).log()


class PriorShiftedLoss(nn.Module):
    """Cross-entropy of z + tau log pi; the base of the losses that correct the class prior pi.

    Args:
        class_counts: Images of each class, `[K]`; used where `class_prior` is None.
        class_prior: The distribution over classes that the model sees, `[K]`.
        reduction: "none", "mean" or "sum".
        tau: The factor of the log prior, >= 0.
        smoothing: The share of the label that is spread over all classes, in [0, 1].

    Raises:
        OptionError: An argument is outside its range, or neither counts nor prior are given.
        DataError: Counts or prior are no vector of numbers >= 0.
    """

    log_prior: Tensor
    corrects_prior: bool | float

    def __init__(
        self,
        *,
        class_counts: Tensor | None,
        class_prior: Tensor | None,
        reduction: str,
        tau: float,
        smoothing: float,
    ) -> None:
        super().__init__()
        mass = class_counts if class_prior is None else class_prior
        if mass is None:
            raise errors.OptionError("Expected `class_prior` or `class_counts`, but got neither")
        self.reduction = check_reduction(reduction)
        self.tau = check_non_negative("tau", tau)
        self.smoothing = check_smoothing(smoothing)
        self.register_buffer("log_prior", log_prior(mass))

    def set_prior(self, class_prior: Tensor) -> None:
        """Replace the prior, for instance at the start of an epoch; dtype and device of the buffer stay.

        Args:
            class_prior: As for the class, `[K]` with the same K.
        """
        renewed = log_prior(class_prior)
        if renewed.shape != self.log_prior.shape:
            raise errors.DataError(f"Expected a prior of {self.log_prior.numel()} classes, but got {renewed.numel()}")
        self.log_prior.copy_(renewed)

    def log_probabilities(self, logits: Tensor) -> Tensor:
        """log_softmax(z + tau log pi), `[B, K]`, of logits in float32 or wider."""
        shift = self.log_prior.to(logits.dtype)
        return adjusted_log_softmax(logits, lambda z: torch.add(z, shift, alpha=self.tau))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        log_p = self.log_probabilities(widen(logits))
        if not self.smoothing:
            return F.nll_loss(log_p, targets, reduction=self.reduction)
        values = (1 - self.smoothing) * F.nll_loss(log_p, targets, reduction="none")
        return reduce(values - self.smoothing * log_p.mean(dim=1), self.reduction)
