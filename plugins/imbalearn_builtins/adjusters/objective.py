"""Figures that can be maximised on validation data, all read off how often each class was found and predicted."""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["METRICS", "Objective"]

METRICS = ("macro-f1", "balanced-accuracy", "accuracy", "gmean", "f1")
_NONE_FOUND = 1e-6  # hits where there are none, in a geometric mean: 0 would hide what happens to the other classes


class Objective:
    """A figure, larger is better, and the same as a sum over classes, to which a search for its maximum can add.

    Means over classes run over those with images. `gmean` is maximised by its logarithm, a mean cost by its negative.

    Args:
        metric: One of `METRICS`; `f1` is that of the class `positive`.
        images: Images of each class, int64 `[K]`.
        positive: The class that `f1` is of.
        costs: `[K, K]`, of predicting a class (column) for an image of another (row); replaces the metric.
    """

    def __init__(self, metric: str, images: Tensor, *, positive: int = 1, costs: Tensor | None = None) -> None:
        self.metric, self.costs = metric, costs
        self.images = images.double()
        covered = (images > 0).double()
        if metric == "f1" and costs is None:
            covered = torch.zeros_like(covered)
            covered[positive] = 1.0
        self._share = covered / covered.sum().clamp_min(1)

    def terms(self, classes: Tensor, hits: Tensor, predicted: Tensor) -> Tensor:
        """What classes add to the sum, elementwise, float64.

        Args:
            classes: In 0..K-1.
            hits: Images that are predicted as that class rightly.
            predicted: Images that are predicted as that class.
        """
        hits, images, share = hits.double(), self.images[classes], self._share[classes]
        if self.metric == "accuracy":
            return hits / self.images.sum()
        if self.metric in {"macro-f1", "f1"}:
            return share * 2 * hits / (images + predicted).clamp_min(1)
        if self.metric == "gmean":
            return share * (hits.clamp_min(_NONE_FOUND) / images.clamp_min(1)).log()
        return share * hits / images.clamp_min(1)

    def value(self, targets: Tensor, predictions: Tensor) -> float:
        """The figure itself, or the negative mean cost.

        Args:
            targets: int64 `[N]`.
            predictions: int64 `[N]`.
        """
        if self.costs is not None:
            return -float(self.costs[targets, predictions].mean())
        classes = self.images.numel()
        hits = torch.bincount(targets[targets == predictions], minlength=classes)
        if self.metric == "gmean" and bool((hits[self.images > 0] == 0).any()):
            return 0.0
        total = float(self.terms(torch.arange(classes), hits, torch.bincount(predictions, minlength=classes)).sum())
        return math.exp(total) if self.metric == "gmean" else total
