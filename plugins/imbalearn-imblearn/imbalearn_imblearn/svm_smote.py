"""SMOTE along the boundary that a support vector machine draws."""

from __future__ import annotations

from typing import Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.oversampler import ClassTask, Oversampler, added_by
from imbalearn_torch import errors

__all__ = ["SvmSmote"]


class SvmSmote(Oversampler):
    """SMOTE that starts from support vectors: towards a neighbour where they are in danger, away from it where not.

        x_new = x_i + u (x_j - x_i)  or  x_i - s u (x_j - x_i),  i a support vector,  s = out_step

    Where all support vectors of a class are noise, plain SMOTE is used. Where all the others are of one
    kind, about half of the samples asked for are made. One machine is fitted to all data for every class that grows:
    slow beyond some 10^4 samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        k_neighbors: Nearest neighbours to interpolate with.
        m_neighbors: Nearest neighbours by which danger and noise are told.
        out_step: How far samples are made on the other side of a neighbour, s.

    Raises:
        OptionError: `strategy` is outside (0, 1], a number of neighbours below 1, or `out_step` outside [0, 1].

    References:
        [1] Nguyen, Cooper, Kamei. Borderline Over-sampling for Imbalanced Data Classification. IJKESDP 2011,
            doi:10.1504/IJKESDP.2011.039875.
    """

    name = "svm-smote"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 5,
        m_neighbors: int = 10,
        out_step: float = 0.5,
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))
        if not 0 <= out_step <= 1:
            raise errors.OptionError(f"Expected `out_step` to be in [0, 1], but got {out_step}")
        self.m_neighbors = at_least("m_neighbors", m_neighbors, 1)
        self.out_step = out_step

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        from imblearn.over_sampling import SVMSMOTE

        danger = min(self.m_neighbors, len(rows) - 1)
        method = SVMSMOTE(k_neighbors=task.neighbours, m_neighbors=danger, out_step=self.out_step, **task.common)
        return added_by(method, rows, labels)
