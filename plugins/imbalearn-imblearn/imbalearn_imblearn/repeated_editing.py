"""Editing that goes on with what it has left."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.selector import Selector, chosen_by

__all__ = ["RepeatedEditing"]


class RepeatedEditing(Selector):
    """Edits more than once; where fewer samples are left than neighbours asked for, it starts anew with one less.

    Args:
        strategy: Classes from which samples may be taken.
        n_neighbors: Nearest neighbours to look at.
        kind: Whether all of them decide, or the most frequent class.
    """

    def __init__(self, *, strategy: str, n_neighbors: int, kind: Literal["all", "mode"]) -> None:
        super().__init__(strategy=strategy)
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.kind = kind

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        neighbours = min(self.n_neighbors, len(labels) - 1)
        while True:
            try:
                kept = chosen_by(self.editing(neighbours), rows, labels)
                break
            except ValueError:
                if neighbours == 1:
                    raise
                neighbours -= 1
        self.lowered("n_neighbors", self.n_neighbors, neighbours)
        return kept

    @abstractmethod
    def editing(self, neighbours: int) -> Any:
        """The object of imbalanced-learn that looks at so many neighbours."""
