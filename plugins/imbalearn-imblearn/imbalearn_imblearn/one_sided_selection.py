"""Removing what is safe, then what is at the boundary."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by
from imbalearn_imblearn.strategy import targeted

__all__ = ["OneSidedSelection"]


class OneSidedSelection(Selector):
    """Keeps a few random samples of a class and those that these and the smallest class get wrong, less Tomek links.

    A class that has no more samples than `n_seeds` is not touched.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours that decide.
        n_seeds: Samples of each class to begin with.

    Raises:
        OptionError: `n_neighbors` or `n_seeds` is below 1.

    References:
        [1] Kubat, Matwin. Addressing the Curse of Imbalanced Training Sets: One-Sided Selection. ICML 1997.
    """

    name = "one-sided-selection"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto",
        n_neighbors: int = 1,
        n_seeds: int = 1,
    ) -> None:
        super().__init__(strategy=strategy)
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.n_seeds = at_least("n_seeds", n_seeds, 1)

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import OneSidedSelection as Method

        least = int(np.unique(labels, return_counts=True)[1].min())
        large: Any = [label for label in targeted(self.strategy, labels) if (labels == label).sum() > self.n_seeds]
        method = Method(
            sampling_strategy=large,
            n_neighbors=self.lowered("n_neighbors", self.n_neighbors, least + self.n_seeds),
            n_seeds_S=self.n_seeds,
            random_state=random,
        )
        return chosen_by(method, rows, labels)
