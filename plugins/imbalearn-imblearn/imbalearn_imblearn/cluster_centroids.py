"""Cluster centres in the place of the samples."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from torch import Tensor

from imbalearn_imblearn.checks import ratio_or_words
from imbalearn_imblearn.resampler import Resampled, Resampler, call
from imbalearn_imblearn.rows import as_rows
from imbalearn_imblearn.strategy import reduction

__all__ = ["ClusterCentroids"]


class ClusterCentroids(Resampler):
    """Replaces the samples of a large class by the centres of as many k-means clusters as samples are to be left.

    Classes that do not shrink are kept as they are. In pixel space a centre is a mean of images, and so a blurred one.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; the centres follow the samples kept.

    Args:
        strategy: Classes that shrink to the size of the smallest (`auto` is `not-minority`), or the ratio of the
            smallest class to every other.
        voting: `soft` takes the centres, `hard` the sample nearest to each.

    Raises:
        OptionError: `strategy` is outside (0, 1].

    References:
        [1] Lin, Tsai, Hu, Jhang. Clustering-Based Undersampling in Class-Imbalanced Data. Information Sciences 2017,
            doi:10.1016/j.ins.2017.05.008.
    """

    name = "cluster-centroids"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] | float = "auto",
        voting: Literal["soft", "hard"] = "soft",
    ) -> None:
        self.strategy = ratio_or_words(strategy)
        self.voting = voting

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        from imblearn.under_sampling import ClusterCentroids as Method

        left = reduction(self.strategy, labels)
        shrunk: Any = {label: number for label, number in left.items() if number < (labels == label).sum()}
        kept = np.flatnonzero(~np.isin(labels, list(shrunk)))
        if not shrunk:
            return Resampled(kept)
        method = Method(sampling_strategy=shrunk, voting=self.voting, random_state=random)
        rows, grown = call(method, as_rows(inputs, self.name), labels)
        made = np.isin(grown, list(shrunk))
        return Resampled(kept, rows[made], grown[made])
