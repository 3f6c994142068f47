"""Removing what a classifier finds hard."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from torch import Tensor

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.resampler import Resampled
from imbalearn_imblearn.selector import Selector, chosen_by
from imbalearn_imblearn.strategy import reduction

__all__ = ["InstanceHardnessThreshold"]


class InstanceHardnessThreshold(Selector):
    """Removes the samples of the large classes to which a cross-validated random forest gives the lowest probability.

    Equal probabilities are kept or removed together, so that a class may stay larger than asked for.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes that shrink to the size of the smallest (`auto` is `not-minority`), or the ratio of the
            smallest class to every other.
        trees: Of each forest.
        cv: Folds, each with a forest of its own.

    Raises:
        OptionError: `strategy` is outside (0, 1], `trees` below 1, or `cv` below 2.

    References:
        [1] Smith, Martinez, Giraud-Carrier. An Instance Level Analysis of Data Complexity. Machine Learning 2014,
            doi:10.1007/s10994-013-5422-z.
    """

    name = "instance-hardness-threshold"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] | float = "auto",
        trees: int = 100,
        cv: int = 5,
    ) -> None:
        super().__init__(strategy=strategy)
        self.trees = at_least("trees", trees, 1)
        self.cv = at_least("cv", cv, 2)

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        # imbalanced-learn takes labels as columns of the probabilities, of which an absent class has none.
        columns = np.unique(labels, return_inverse=True)[1]
        counts = np.bincount(columns)
        if all(number == counts[label] for label, number in reduction(self.strategy, columns).items()):
            return Resampled(np.arange(len(labels)))
        return super().resample(inputs, columns, random)

    def select(self, rows: np.ndarray, labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        from imblearn.under_sampling import InstanceHardnessThreshold as Method
        from sklearn.ensemble import RandomForestClassifier

        most = int(np.unique(labels, return_counts=True)[1].max())
        left: Any = reduction(self.strategy, labels)
        method = Method(
            estimator=RandomForestClassifier(n_estimators=self.trees),
            sampling_strategy=left,
            cv=self.lowered("cv", self.cv, most),
            random_state=random,
        )
        return chosen_by(method, rows, labels)
