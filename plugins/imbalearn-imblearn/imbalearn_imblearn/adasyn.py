"""Adaptive synthetic sampling."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.oversampler import ClassTask, Oversampler, added_by

__all__ = ["Adasyn"]


class Adasyn(Oversampler):
    """SMOTE that makes more of the samples that have more foreign neighbours.

        samples made of i ~ r_i / sum_j r_j,  r_i the share of foreign samples among the k nearest neighbours of i

    Each number is rounded, so that a class comes out near the size asked for. A class whose samples have no foreign
    neighbour, or for which all numbers are rounded to 0, is grown by plain SMOTE.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        n_neighbors: Nearest neighbours to interpolate with and to look at, k.

    Raises:
        OptionError: `strategy` is outside (0, 1], or `n_neighbors` below 1.

    References:
        [1] He, Bai, Garcia, Li. ADASYN: Adaptive Synthetic Sampling Approach for Imbalanced Learning. IJCNN 2008,
            doi:10.1109/IJCNN.2008.4633969.
    """

    name = "adasyn"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        n_neighbors: int = 5,
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("n_neighbors", n_neighbors, 1))

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        from imblearn.over_sampling import ADASYN

        return added_by(ADASYN(n_neighbors=task.neighbours, **task.common), rows, labels)
