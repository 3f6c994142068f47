"""Tau-normalised classifier."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.adjusters.checks import given, require_validation
from imbalearn_builtins.adjusters.objective import Objective
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs, errors

__all__ = ["TauNorm"]

_GRID = tuple(number / 20 for number in range(41))


class TauNorm:
    """The classifier's weight vectors divided by a power of their norm, without bias.

        z'_c = w_c . f / ||w_c||^tau

    Classifiers trained on many images of a class tend to have a long w_c. With tau = 0 the logits lose their bias only,
    with tau = 1 every w_c has norm 1; in between rare classes gain more and more. The rows of a cosine head all have
    one norm, so there this changes no prediction. How much of the class prior the norms carry is not known:
    `corrects_prior` is not set.

    The logits are made from the features: what adjusters before this one have done to the logits is lost.

    Shapes: features `[N, D]` give logits `[N, K]`; the logits that come in are not read.

    Args:
        tau: The power, >= 0; None: the best on validation data of 0, 0.05, ..., 2, the smallest of equally good ones.
        metric: What is best: "macro-f1", "balanced-accuracy" or "accuracy".

    Raises:
        OptionError: `tau` is outside its range; by `fit`: it is None and there is no validation image.

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.
    """

    needs = frozenset({"features", "head"})
    starts_over = True

    def __init__(
        self,
        *,
        tau: float | None = None,
        metric: Literal["macro-f1", "balanced-accuracy", "accuracy"] = "macro-f1",
    ) -> None:
        if tau is not None and not 0 <= tau < math.inf:
            raise errors.OptionError(f"Expected `tau` to be >= 0 and finite, or none, but got {tau}")
        self.tau, self.metric = tau, metric
        self.weight: Tensor | None = None

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, Any]:
        """What was chosen: tau, and where it was tuned the figure on validation data."""
        weight = given(head, "the head").weight.detach().double()
        norms = weight.norm(dim=1)
        norms = torch.where(norms > 0, norms, 1.0)  # a row of zeros stays one
        tau, tuned = self.tau, {}
        if tau is None:
            require_validation(val, "`tau` of tau-norm")
            features = given(val.features, "features of the validation images")
            tau, figure = _best(features @ weight.T.to(features), norms, val.targets, self.metric)
            tuned = {"metric": self.metric, "value": figure}
        self.weight = weight / norms.pow(tau)[:, None]
        return {"tau": tau, **tuned}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Logits `[N, K]` of the features, in float32 or wider."""
        inputs = widen(given(features, "features"))
        return F.linear(inputs, given(self.weight, "tau-norm to be fitted").to(inputs))

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `weight`, float64 `[K, D]`."""
        return {"weight": given(self.weight, "tau-norm to be fitted").clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.weight = state["weight"].clone()


def _best(logits: Tensor, norms: Tensor, targets: Tensor, metric: str) -> tuple[float, float]:
    """The power on the grid whose figure is largest, the smallest of equal ones, and that figure.

    Args:
        logits: Without bias, `[N, K]`.
        norms: float64 `[K]`.
        targets: int64 `[N]`.
        metric: As of the class.
    """
    objective = Objective(metric, torch.bincount(targets, minlength=norms.numel()))
    values = [objective.value(targets, (logits / norms.pow(tau).to(logits)).argmax(dim=1)) for tau in _GRID]
    best = max(range(len(_GRID)), key=values.__getitem__)
    return _GRID[best], values[best]
