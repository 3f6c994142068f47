"""Removing samples that their neighbours contradict."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by

__all__ = ["EditedNearestNeighbours"]


class EditedNearestNeighbours(Selector):
    """Removes samples whose nearest neighbours are of another class.

    Nothing is random. A class of which nothing would be left keeps all its samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours to look at.
        kind: A sample stays where `all` its neighbours are of its class, or where the most frequent class (`mode`) is.

    Raises:
        OptionError: `n_neighbors` is below 1.

    References:
        [1] Wilson. Asymptotic Properties of Nearest Neighbor Rules Using Edited Data. IEEE Transactions on Systems,
            Man, and Cybernetics 1972, doi:10.1109/TSMC.1972.4309137.
    """

    name = "edited-nearest-neighbours"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto",
        n_neighbors: int = 3,
        kind: Literal["all", "mode"] = "all",
    ) -> None:
        super().__init__(strategy=strategy)
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.kind = kind

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import EditedNearestNeighbours as Method

        neighbours = self.lowered("n_neighbors", self.n_neighbors, len(labels) - 1)
        method = Method(sampling_strategy=self.strategy, n_neighbors=neighbours, kind_sel=self.kind)
        return chosen_by(method, rows, labels)
