"""SMOTE within clusters."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.oversampler import ClassTask, Oversampler, added_by
from imbalearn_torch import errors

__all__ = ["KMeansSmote"]


class KMeansSmote(Oversampler):
    """Clusters all samples by k-means, then makes samples of a class within clusters in which it is not rare.

        new samples in cluster f ~ (mean distance in f)^density_exponent / (samples of the class in f)

    Where no cluster holds enough of a class, plain SMOTE is used. The numbers are rounded up, cluster by cluster.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the new samples follow the old ones.

    Args:
        strategy: Classes that grow to the size of the largest (`auto` is `not-majority`), or the ratio of every class
            to the largest.
        k_neighbors: Nearest neighbours to interpolate with; a cluster needs more samples of the class than this.
        clusters: Number of clusters.
        cluster_balance_threshold: The share of the class in a cluster from which the cluster is used; `auto`: half of
            the class's share in all new samples.
        density_exponent: How much sparse clusters are preferred; `auto`: a number that grows with their samples.

    Raises:
        OptionError: `strategy` is outside (0, 1], or `k_neighbors` or `clusters` below 1, or another number not finite.

    References:
        [1] Last, Douzas, Bacao. Oversampling for Imbalanced Learning Based on K-Means and SMOTE. 2017,
            arXiv:1711.00837.
    """

    name = "kmeans-smote"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "minority", "not-minority", "not-majority", "all"] | float = "auto",
        k_neighbors: int = 2,
        clusters: int = 8,
        cluster_balance_threshold: Literal["auto"] | float = "auto",
        density_exponent: Literal["auto"] | float = "auto",
    ) -> None:
        super().__init__(strategy=strategy, neighbours=at_least("k_neighbors", k_neighbors, 1))
        self.clusters = at_least("clusters", clusters, 1)
        numbers = {"cluster_balance_threshold": cluster_balance_threshold, "density_exponent": density_exponent}
        for option, value in numbers.items():
            if not isinstance(value, str) and not math.isfinite(value):
                raise errors.OptionError(f"Expected `{option}` to be auto or a finite number, but got {value}")
        self.threshold: Any = cluster_balance_threshold
        self.density: Any = density_exponent

    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        from imblearn.over_sampling import KMeansSMOTE

        # Told of one class only, imbalanced-learn would take its share for 1.
        threshold: Any = task.share / 2 if self.threshold == "auto" else self.threshold
        method = KMeansSMOTE(
            k_neighbors=task.neighbours,
            kmeans_estimator=min(self.clusters, len(rows)),
            cluster_balance_threshold=threshold,
            density_exponent=self.density,
            **task.common,
        )
        return added_by(method, rows, labels)
