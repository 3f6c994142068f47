"""Removing one end of every Tomek link."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.selector import Selector, chosen_by

__all__ = ["TomekLinks"]


class TomekLinks(Selector):
    """Removes samples that are linked to a sample of another class: each is the nearest neighbour of the other.

    Nothing is random.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).

    References:
        [1] Tomek. Two Modifications of CNN. IEEE Transactions on Systems, Man, and Cybernetics 1976,
            doi:10.1109/TSMC.1976.4309452.
    """

    name = "tomek-links"

    def __init__(
        self, *, strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto"
    ) -> None:
        super().__init__(strategy=strategy)

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import TomekLinks as Method

        method = Method(sampling_strategy=self.strategy)
        return chosen_by(method, rows, labels)
