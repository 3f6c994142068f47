"""Synthetic minority over-sampling."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.oversampler import ClassTask, Oversampler, interpolate

__all__ = ["Smote"]


class Smote(Oversampler):
    """Makes samples between a sample and one of its nearest neighbours of the same class.

        x_new = x_i + u (x_j - x_i),  u ~ U[0, 1),  j one of the k nearest neighbours of i

    Neighbours are found by the distance between pixels or columns. A class of n <= k samples uses n - 1 neighbours, and
    a single sample is repeated.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        k_neighbors: Nearest neighbours to interpolate with, k.

    Raises:
        OptionError: `strategy` is outside (0, 1], or `k_neighbors` below 1.

    References:
        [1] Chawla, Bowyer, Hall, Kegelmeyer. SMOTE: Synthetic Minority Over-sampling Technique. JAIR 2002,
            arXiv:1106.1813.
    """

    name = "smote"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 5,
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        return interpolate(rows, labels, task)
