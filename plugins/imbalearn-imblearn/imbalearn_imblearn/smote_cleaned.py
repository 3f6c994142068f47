"""SMOTE, and then a cleaning method."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from torch import Tensor

from imbalearn_imblearn.oversampler import ClassTask, Oversampler, interpolate
from imbalearn_imblearn.resampler import Resampled
from imbalearn_imblearn.selector import chosen_by, keep_every_class

__all__ = ["SmoteCleaned"]


class SmoteCleaned(Oversampler):
    """Takes samples, old and new, from all classes once SMOTE has made them."""

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        rows, new_rows, new_labels = self.grown(inputs, labels, random)
        everything = np.concatenate([labels, new_labels])
        kept = chosen_by(self.cleaner(len(everything)), np.concatenate([rows, new_rows]), everything)
        kept = keep_every_class(self, kept, everything)
        old, new = kept[kept < len(labels)], kept[kept >= len(labels)] - len(labels)
        return Resampled(old, new_rows[new], new_labels[new])

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        return interpolate(rows, labels, task)

    @abstractmethod
    def cleaner(self, size: int) -> Any:
        """The object of imbalanced-learn that cleans `size` samples."""
