"""Methods that choose among the samples and make none."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from torch import Tensor

from imbalearn_imblearn.checks import ratio_or_words
from imbalearn_imblearn.resampler import Resampled, Resampler, call, some_classes
from imbalearn_imblearn.rows import as_rows

__all__ = ["Selector", "chosen_by", "keep_every_class"]


class Selector(Resampler):
    """Returns samples by index; a class of which nothing would be left keeps all its samples.

    Args:
        strategy: Which classes are reduced, and how far.
    """

    def __init__(self, *, strategy: str | float) -> None:
        self.strategy = ratio_or_words(strategy)

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        kept = self.select(self.rows(inputs), labels, random)
        return Resampled(keep_every_class(self, kept, labels))

    def rows(self, inputs: Tensor) -> np.ndarray:
        """What the method looks at, `[N, D]`."""
        return as_rows(inputs, self.name)

    @abstractmethod
    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        """Indices of the samples that stay."""

    def lowered(self, option: str, value: int, most: int) -> int:
        """An option as far as the data allow it; where that is less than asked for, the user is told."""
        if value <= most:
            return value
        self.warn(f"`{option}` is lowered from {value} to {most}, the most that these data allow")
        return most


def chosen_by(estimator: Any, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the samples that an under-sampler of imbalanced-learn keeps."""
    call(estimator, rows, labels)
    return estimator.sample_indices_


def keep_every_class(method: Resampler, kept: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The indices, and all those of a class that has none among them: no network learns a class it never sees."""
    lost = np.setdiff1d(labels, labels[kept])
    if not lost.size:
        return kept
    method.warn(f"all samples stay of a class of which nothing would be left ({some_classes(lost.tolist())})")
    return np.append(kept, np.flatnonzero(np.isin(labels, lost)))
