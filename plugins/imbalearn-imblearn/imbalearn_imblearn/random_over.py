"""Repetition of samples."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from torch import Tensor

from imbalearn_imblearn.checks import ratio_or_words
from imbalearn_imblearn.memory import refuse_beyond_memory
from imbalearn_imblearn.resampler import Resampled, Resampler, call
from imbalearn_imblearn.rows import as_rows
from imbalearn_imblearn.strategy import growth
from imbalearn_torch import errors

__all__ = ["RandomOver"]


class RandomOver(Resampler):
    """Repeats samples of the small classes, drawn with replacement; with `shrinkage` the copies are jittered (ROSE).

        x_new = x_i + shrinkage h s z,  z ~ N(0, 1),  s the standard deviation of each column in the class,
        h = (4 / ((D + 2) N))^(1 / (D + 4))

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        shrinkage: Size of the jitter; `none`: exact copies. A matrix of D x D numbers is built for it.

    Raises:
        OptionError: `strategy` is outside (0, 1], or `shrinkage` below 0 or not finite.

    References:
        [1] Batista, Prati, Monard. A Study of the Behavior of Several Methods for Balancing Machine Learning Training
            Data. SIGKDD Explorations 2004, doi:10.1145/1007730.1007735.
        [2] Menardi, Torelli. Training and Assessing Classification Rules with Imbalanced Data. DMKD 2014,
            doi:10.1007/s10618-012-0295-5.
    """

    name = "random-over"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        shrinkage: float | None = None,
    ) -> None:
        if shrinkage is not None and not 0 <= shrinkage < math.inf:
            raise errors.OptionError(f"Expected `shrinkage` to be none or finite and >= 0, but got {shrinkage}")
        self.strategy = ratio_or_words(strategy)
        self.shrinkage = shrinkage

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        from imblearn.over_sampling import RandomOverSampler

        new = growth(self.strategy, labels)
        totals: Any = {label: int((labels == label).sum()) + number for label, number in new.items()}
        method = RandomOverSampler(sampling_strategy=totals, shrinkage=self.shrinkage, random_state=random)
        if self.shrinkage is None:
            call(method, np.empty((len(labels), 1), np.uint8), labels)  # indices are enough: no look at the samples
            return Resampled(method.sample_indices_)
        refuse_beyond_memory(self.name, 8 * math.prod(inputs.shape[1:]) ** 2)
        rows, grown = call(method, as_rows(inputs, self.name, sum(new.values())), labels)
        return Resampled(np.arange(len(labels)), rows[len(labels) :], grown[len(labels) :])
