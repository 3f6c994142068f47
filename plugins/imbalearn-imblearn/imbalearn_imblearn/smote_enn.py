"""SMOTE, then editing."""

from __future__ import annotations

from typing import Any, Literal

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.smote_cleaned import SmoteCleaned

__all__ = ["SmoteEnn"]


class SmoteEnn(SmoteCleaned):
    """SMOTE, after which samples of any class whose nearest neighbours are of another class are removed.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; old samples come first, then new ones.

    Args:
        strategy: Classes that SMOTE grows to the size of the largest (`auto` is `not-majority`), or the ratio of every
            class to the largest.
        k_neighbors: Nearest neighbours that SMOTE interpolates with.
        n_neighbors: Nearest neighbours that editing looks at.
        kind: A sample stays where `all` its neighbours are of its class, or where the most frequent class (`mode`) is.

    Raises:
        OptionError: `strategy` is outside (0, 1], or a number of neighbours below 1.

    References:
        [1] Batista, Prati, Monard. A Study of the Behavior of Several Methods for Balancing Machine Learning Training
            Data. SIGKDD Explorations 2004, doi:10.1145/1007730.1007735.
    """

    name = "smote-enn"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 5,
        n_neighbors: int = 3,
        kind: Literal["all", "mode"] = "all",
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))
        self.n_neighbors = at_least("n_neighbors", n_neighbors, 1)
        self.kind = kind

    def cleaner(self, size: int) -> Any:
        from imblearn.under_sampling import EditedNearestNeighbours

        neighbours = min(self.n_neighbors, size - 1)
        return EditedNearestNeighbours(sampling_strategy="all", n_neighbors=neighbours, kind_sel=self.kind)
