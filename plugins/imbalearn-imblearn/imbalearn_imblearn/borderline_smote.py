"""SMOTE of the samples that are in danger."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.oversampler import ClassTask, Oversampler, added_by

__all__ = ["BorderlineSmote"]


class BorderlineSmote(Oversampler):
    """SMOTE that starts only from samples in danger: half of their m neighbours or more, but not all, are foreign.

        x_new = x_i + u (x_j - x_i),  i in danger,  j one of the k nearest neighbours of i

    A class of which no sample is in danger does not grow.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        k_neighbors: Nearest neighbours to interpolate with, k.
        m_neighbors: Nearest neighbours by which danger is told, m.
        kind: `borderline-1` takes j from the class, `borderline-2` from all, at most half of the way to a foreign one.

    Raises:
        OptionError: `strategy` is outside (0, 1], or a number of neighbours below 1.

    References:
        [1] Han, Wang, Mao. Borderline-SMOTE: A New Over-Sampling Method in Imbalanced Data Sets Learning. ICIC 2005,
            doi:10.1007/11538059_91.
    """

    name = "borderline-smote"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 5,
        m_neighbors: int = 10,
        kind: Literal["borderline-1", "borderline-2"] = "borderline-1",
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))
        self.m_neighbors = at_least("m_neighbors", m_neighbors, 1)
        self.kind = kind

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        from imblearn.over_sampling import BorderlineSMOTE

        danger = min(self.m_neighbors, len(rows) - 1)
        method = BorderlineSMOTE(k_neighbors=task.neighbours, m_neighbors=danger, kind=self.kind, **task.common)
        return added_by(method, rows, labels)
