"""Post-hoc logit adjustment."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs, errors

__all__ = ["LogitAdjustment"]


class LogitAdjustment:
    """Logits minus tau times the log prior that the predictor still carries.

        z' = z - tau log pi

    Nothing is tuned: `fit` only reports tau. With tau = 0 the logits stay as they are.

    Shapes: logits `[N, K]` in and out, features unused.

    Args:
        class_prior: The prior pi that the predictor carries, `[K]`; an absent class counts as the rarest present one.
        tau: The share of the log prior that is removed, >= 0.

    Raises:
        OptionError: `tau` is outside its range.
        DataError: The prior is no vector of numbers >= 0.

    References:
        [1] Menon, Jayasumana, Rawat, Jain, Veit, Kumar. Long-Tail Learning via Logit Adjustment. ICLR 2021,
            arXiv:2007.07314.

    >>> adjust = LogitAdjustment(class_prior=torch.tensor([0.75, 0.25]))
    >>> adjust(torch.zeros(1, 2)).softmax(dim=1)  # rare classes gain
    tensor([[0.2500, 0.7500]])
    """

    needs: frozenset[str] = frozenset()

    def __init__(self, *, class_prior: Tensor, tau: float = 1.0) -> None:
        self._take(log_prior(class_prior), tau)

    def _take(self, logarithm: Tensor, tau: float) -> None:
        if not 0 <= tau < math.inf:
            raise errors.OptionError(f"Expected `tau` to be >= 0 and finite, but got {tau}")
        self.log_prior = logarithm
        self.tau = self.corrects_prior = tau

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, float]:
        """What was chosen: tau, as given."""
        return {"tau": self.tau}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Adjusted logits `[N, K]`, in float32 or wider."""
        logits = widen(logits)
        return logits - (self.tau * self.log_prior).to(logits)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `tau` (a scalar) and `log_prior` `[K]`, float64."""
        return {"tau": torch.tensor(self.tau, dtype=torch.float64), "log_prior": self.log_prior.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self._take(state["log_prior"].clone(), float(state["tau"]))
