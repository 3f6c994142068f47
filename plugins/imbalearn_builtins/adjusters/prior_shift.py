"""Shift to another class prior."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs, errors

__all__ = ["PriorShift"]


class PriorShift:
    """Logits for data in which the classes have another distribution than in the data that the predictor has seen.

        z' = z + log(target / pi)

    That is Bayes' rule: with the likelihoods unchanged, only the prior is exchanged. Nothing is tuned. With a uniform
    target it is logit adjustment with tau = 1, up to a constant. The whole prior is removed (`corrects_prior` is 1) and
    replaced by the target (`carries`), which is what an adjuster after it is told.

    Shapes: logits `[N, K]` in and out, features unused.

    Args:
        class_prior: The prior pi that the predictor carries, `[K]`; an absent class counts as the rarest present one.
        prior: The target: K numbers >= 0, in any unit; None: uniform. A class of which none is expected is practically
            never predicted.

    Raises:
        OptionError: `prior` are not K finite numbers >= 0 of which one is > 0.
        DataError: `class_prior` is no vector of numbers >= 0.

    References:
        [1] Saerens, Latinne, Decaestecker. Adjusting the Outputs of a Classifier to New a Priori Probabilities: A
            Simple Procedure. Neural Computation 14(1), 2002, doi:10.1162/089976602753284446.

    >>> adjust = PriorShift(class_prior=torch.tensor([0.75, 0.25]), prior=(1, 4))
    >>> adjust(torch.tensor([[0.75, 0.25]]).log()).softmax(dim=1)
    tensor([[0.2000, 0.8000]])
    """

    needs: frozenset[str] = frozenset()
    corrects_prior = 1.0

    def __init__(self, *, class_prior: Tensor, prior: tuple[float, ...] | None = None) -> None:
        carried = log_prior(class_prior)
        self.carries = _distribution(prior, carried.numel())
        # Not log 0: logits stay finite, and a softmax still gives such a class exactly 0.
        self.shift = self.carries.clamp_min(torch.finfo(torch.float64).tiny).log() - carried

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, Any]:
        """What was chosen: the prior that the predictor carries from now on."""
        return {"prior": self.carries.tolist()}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Adjusted logits `[N, K]`, in float32 or wider."""
        logits = widen(logits)
        return logits + self.shift.to(logits)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `shift` and `carries`, float64 `[K]`."""
        return {"shift": self.shift.clone(), "carries": self.carries.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.shift, self.carries = state["shift"].clone(), state["carries"].clone()


def _distribution(prior: tuple[float, ...] | None, classes: int) -> Tensor:
    values = (1.0,) * classes if prior is None else prior
    if len(values) != classes:
        raise errors.OptionError(f"Expected `prior` to be {classes} numbers, one a class, but got {len(values)}")
    if not all(0 <= value < math.inf for value in values) or not any(values):
        raise errors.OptionError(
            f"Expected `prior` to be finite numbers >= 0 of which one is > 0, but got {list(values)}"
        )
    mass = torch.tensor(values, dtype=torch.float64)
    return mass / mass.sum()
