"""Dropping samples at random."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from torch import Tensor

from imbalearn_imblearn.selector import Selector, chosen_by
from imbalearn_imblearn.strategy import reduction

__all__ = ["RandomUnder"]


class RandomUnder(Selector):
    """Keeps a random part of the large classes.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes that shrink to the size of the smallest (`auto` is `not-minority`), or the ratio of the
            smallest class to every other.
        replacement: Draw with replacement, so that samples may repeat.

    Raises:
        OptionError: `strategy` is outside (0, 1].

    References:
        [1] Batista, Prati, Monard. A Study of the Behavior of Several Methods for Balancing Machine Learning Training
            Data. SIGKDD Explorations 2004, doi:10.1145/1007730.1007735.
    """

    name = "random-under"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] | float = "auto",
        replacement: bool = False,
    ) -> None:
        super().__init__(strategy=strategy)
        self.replacement = replacement

    def rows(self, inputs: Tensor) -> np.ndarray:
        return np.empty((len(inputs), 1), np.uint8)  # nothing is looked at

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import RandomUnderSampler

        left: Any = reduction(self.strategy, labels)
        method = RandomUnderSampler(sampling_strategy=left, replacement=self.replacement, random_state=random)
        return chosen_by(method, rows, labels)
