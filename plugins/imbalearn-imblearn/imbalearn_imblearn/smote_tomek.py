"""SMOTE, then the removal of Tomek links."""

from __future__ import annotations

from typing import Any, Literal

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.smote_cleaned import SmoteCleaned

__all__ = ["SmoteTomek"]


class SmoteTomek(SmoteCleaned):
    """SMOTE, after which both ends of every Tomek link are removed: nearest neighbours of each other, not of one class.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; old samples come first, then new ones.

    Args:
        strategy: Classes that SMOTE grows to the size of the largest (`auto` is `not-majority`), or the ratio of every
            class to the largest.
        k_neighbors: Nearest neighbours that SMOTE interpolates with.

    Raises:
        OptionError: `strategy` is outside (0, 1], or `k_neighbors` below 1.

    References:
        [1] Batista, Prati, Monard. A Study of the Behavior of Several Methods for Balancing Machine Learning Training
            Data. SIGKDD Explorations 2004, doi:10.1145/1007730.1007735.
    """

    name = "smote-tomek"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 5,
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))

    def cleaner(self, size: int) -> Any:
        from imblearn.under_sampling import TomekLinks

        return TomekLinks(sampling_strategy="all")
