"""Keeping the samples that are near the smallest class."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by
from imbalearn_imblearn.strategy import reduction

__all__ = ["NearMiss"]


class NearMiss(Selector):
    """Keeps the samples of the large classes that are nearest to samples of the smallest class.

    Version 1 takes the smallest mean distance to the nearest samples of the smallest class, version 2 to the farthest
    ones. Version 3 first finds the neighbours of every sample of the smallest class, and of these takes the largest
    mean distance to the nearest samples; it may find fewer than asked for. Nothing is random.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes that shrink to the size of the smallest (`auto` is `not-minority`), or the ratio of the
            smallest class to every other.
        version: Which of the three.
        n_neighbors: Samples of the smallest class to take the mean distance over.
        n_neighbors_ver3: Neighbours of every sample of the smallest class that version 3 begins with.

    Raises:
        OptionError: `strategy` is outside (0, 1], or a number of neighbours below 1.

    References:
        [1] Mani, Zhang. kNN Approach to Unbalanced Data Distributions: A Case Study Involving Information Extraction.
            ICML Workshop on Learning from Imbalanced Datasets 2003.
    """

    name = "near-miss"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] | float = "auto",
        version: Literal[1, 2, 3] = 1,
        n_neighbors: int = 3,
        n_neighbors_ver3: int = 3,
    ) -> None:
        super().__init__(strategy=strategy)
        self.version = version
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.n_neighbors_ver3 = at_least("n_neighbors_ver3", n_neighbors_ver3, 1)

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import NearMiss as Method

        left: Any = reduction(self.strategy, labels)
        least = int(np.unique(labels, return_counts=True)[1].min())
        first = self.n_neighbors_ver3
        if self.version == 3:
            first = self.lowered("n_neighbors_ver3", first, min(int((labels == label).sum()) for label in left))
        method = Method(
            sampling_strategy=left,
            version=self.version,
            n_neighbors=self.lowered("n_neighbors", self.n_neighbors, least),
            n_neighbors_ver3=first,
        )
        return chosen_by(method, rows, labels)
