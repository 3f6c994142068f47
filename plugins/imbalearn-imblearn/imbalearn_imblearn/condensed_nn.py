"""A subset that still tells the classes apart."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by

__all__ = ["CondensedNN"]


class CondensedNN(Selector):
    """Keeps of every class a few random samples and those that the nearest neighbours among the kept get wrong.

    One search a sample that is got wrong: slow beyond some 10^4 samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours that decide.
        n_seeds: Samples of each class to begin with.

    Raises:
        OptionError: `n_neighbors` or `n_seeds` is below 1.

    References:
        [1] Hart. The Condensed Nearest Neighbor Rule. IEEE Transactions on Information Theory 1968,
            doi:10.1109/TIT.1968.1054155.
    """

    name = "condensed-nn"

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
        from imblearn.under_sampling import CondensedNearestNeighbour

        first = int(np.unique(labels, return_counts=True)[1].min()) + self.n_seeds
        method = CondensedNearestNeighbour(
            sampling_strategy=self.strategy,
            n_neighbors=self.lowered("n_neighbors", self.n_neighbors, first),
            n_seeds_S=self.n_seeds,
            random_state=random,
        )
        return chosen_by(method, rows, labels)
