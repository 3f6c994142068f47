"""Figures that depend on the order of the scores: top-k accuracy, average precision, area under the ROC curve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ranking", "class_ranking", "top_k_accuracy"]


class Ranking(NamedTuple):
    """How well the score of each class ranks its own images above the others (one class against the rest).

    Args:
        average_precision: float64 `[K]`; NaN for a class without images.
        auroc: float64 `[K]`; NaN for a class that has no images or all of them.
    """

    average_precision: NDArray[np.float64]
    auroc: NDArray[np.float64]


def class_ranking(scores: NDArray[np.float64], targets: NDArray[np.int64]) -> Ranking:
    """Average precision and area under the ROC curve of each class, both from one sort.

    `AP = sum_n (R_n - R_(n-1)) P_n` over the distinct scores, without interpolation, which is the mean over the images
    of the class of the precision at their own score. AUROC is the share of pairs of an image of the class and another
    that are ranked correctly, a tie counting one half.

    Args:
        scores: `[N, K]`, anything that grows with the probability of the class.
        targets: `[N]`.
    """
    classes = scores.shape[1]
    ranking = Ranking(np.full(classes, np.nan), np.full(classes, np.nan))
    for label, column in enumerate(np.ascontiguousarray(scores.T)):
        own, everything = np.sort(column[targets == label]), np.sort(column)
        if not own.size:
            continue
        own_below, below = np.searchsorted(own, own), np.searchsorted(everything, own)
        ranking.average_precision[label] = ((own.size - own_below) / (everything.size - below)).mean()
        others = everything.size - own.size
        if others:
            up_to = np.searchsorted(everything, own, "right") - np.searchsorted(own, own, "right")
            ranking.auroc[label] = (below - own_below + up_to).mean() / (2 * others)
    return ranking


def top_k_accuracy(logits: NDArray[np.float64], targets: NDArray[np.int64], k: int) -> float:
    """The share of images whose true class is among the k largest logits; of equal logits the first class wins.

    Args:
        logits: `[N, K]`, N > 0.
        targets: `[N]`.
        k: How many classes count.
    """
    own = np.take_along_axis(logits, targets[:, None], axis=1)
    earlier = np.arange(logits.shape[1]) < targets[:, None]
    rank = ((logits > own) | ((logits == own) & earlier)).sum(axis=1)
    return float((rank < k).mean())
