"""Cleaning around the smallest class."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by
from imbalearn_torch import errors

__all__ = ["NeighbourhoodCleaningRule"]


class NeighbourhoodCleaningRule(Selector):
    """Removes what `edited-nearest-neighbours:kind=mode` does, and the neighbours that get the smallest class wrong.

    Nothing is random. A class of which nothing would be left keeps all its samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours to look at.
        threshold_cleaning: Neighbours are removed of classes of more than this times the samples of the smallest.

    Raises:
        OptionError: `n_neighbors` is below 1, or `threshold_cleaning` not above 0.

    References:
        [1] Laurikkala. Improving Identification of Difficult Small Classes by Balancing Class Distribution. AIME 2001,
            doi:10.1007/3-540-48229-6_9.
    """

    name = "neighbourhood-cleaning-rule"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto",
        n_neighbors: int = 3,
        threshold_cleaning: float = 0.5,
    ) -> None:
        super().__init__(strategy=strategy)
        if not threshold_cleaning > 0:
            raise errors.OptionError(f"Expected `threshold_cleaning` to be > 0, but got {threshold_cleaning}")
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.threshold_cleaning = threshold_cleaning

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import NeighbourhoodCleaningRule as Method

        method = Method(
            sampling_strategy=self.strategy,
            n_neighbors=self.lowered("n_neighbors", self.n_neighbors, len(labels) - 1),
            threshold_cleaning=self.threshold_cleaning,
        )
        return chosen_by(method, rows, labels)
