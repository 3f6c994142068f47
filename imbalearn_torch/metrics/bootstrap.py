"""The paired bootstrap over test images: how much a difference owes to which images happen to be in the test set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbalearn_torch.errors import DataError

__all__ = ["BootstrapDifference", "bootstrap_macro_f1"]

_BATCH = 100  # resamples at a time; memory, not the result, depends on it


class BootstrapDifference(NamedTuple):
    """A difference of macro-F1 on the test images as they are, and the percentile interval of the resampled ones."""

    mean: float
    low: float
    high: float


def bootstrap_macro_f1(
    targets: NDArray[np.int64],
    predictions: Sequence[NDArray[np.int64]],
    reference: Sequence[NDArray[np.int64]],
    *,
    num_classes: int,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> BootstrapDifference | None:
    """The difference in macro-F1 between two methods on the same test images, averaged over seeds, and its interval.

    Every resample takes the same images for both methods and for all seeds; classes that are absent from it do not
    count. The networks stay as they are: what another seed would change is not in the interval.

    Args:
        targets: `[N]` in 0..K-1.
        predictions: One `[N]` a seed.
        reference: Of the same seeds.
        num_classes: K.
        resamples: How many.
        level: The confidence level.
        seed: Of the resampling.

    Returns:
        None where there are fewer than two images, or no seed.

    Raises:
        DataError: The shapes differ, or a label is outside 0..K-1.
    """
    columns = np.stack([targets, *predictions, *reference], axis=1) if _fits(targets, predictions, reference) else None
    if columns is None or (columns.size and not 0 <= columns.min() <= columns.max() < num_classes):
        raise DataError(f"Expected labels [N] in 0..{num_classes - 1}, as many predictions as `reference` has, all [N]")
    if len(targets) < 2 or not predictions:
        return None
    from scipy.stats import bootstrap

    # Images with the same label and the same predictions are alike: only how many of each kind are drawn matters.
    kinds, kind_of_image = np.unique(columns, axis=0, return_inverse=True)
    kind_of_image = kind_of_image.reshape(-1)
    statistic = _difference(kinds, num_classes, len(predictions))
    drawn = bootstrap(
        (kind_of_image,),
        statistic,
        n_resamples=resamples,
        batch=_BATCH,
        vectorized=True,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = drawn.confidence_interval
    return BootstrapDifference(float(statistic(kind_of_image)), float(low), float(high))


def _fits(targets: NDArray[np.int64], *several: Sequence[NDArray[np.int64]]) -> bool:
    same = len({len(each) for each in several}) == 1
    return targets.ndim == 1 and same and all(each.shape == targets.shape for many in several for each in many)


def _difference(kinds: NDArray[np.int64], num_classes: int, seeds: int) -> Callable[..., Any]:
    """The statistic: from kinds of images `[..., N]` to the mean difference of macro-F1 `[...]`."""
    counted = _counted(kinds, num_classes)

    def statistic(drawn: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        assert axis in (-1, drawn.ndim - 1)
        rows = drawn.reshape(-1, drawn.shape[-1])
        offsets = len(kinds) * np.arange(len(rows))[:, None]
        counts = np.bincount((rows + offsets).ravel(), minlength=len(rows) * len(kinds)).reshape(len(rows), -1)
        sums = (counted @ counts.T).T.reshape(len(rows), -1, num_classes)
        support, predicted, hits = np.split(sums, (1, 1 + 2 * seeds), axis=1)
        f1 = 2 * hits / np.maximum(support + predicted, 1)
        # An absent class has no hits, so that its F1 of 0 leaves the sum as it is.
        macro = f1.sum(axis=2) / (support > 0).sum(axis=2)
        difference = macro[:, :seeds].mean(axis=1) - macro[:, seeds:].mean(axis=1)
        return difference.reshape(drawn.shape[:-1])

    return statistic


def _counted(kinds: NDArray[np.int64], num_classes: int) -> Any:
    """What an image of each kind adds to the counts of support, predictions and hits: sparse `[figures * K, U]`."""
    from scipy.sparse import csr_array

    several = kinds.shape[1] - 1
    hit = kinds[:, 1:] == kinds[:, :1]
    columns = [kinds + num_classes * np.arange(1 + several)]
    columns += [kinds[:, 1:] + num_classes * (1 + several + np.arange(several))]
    ones = np.concatenate([np.ones_like(kinds), hit], axis=1).astype(np.float64)
    places = np.concatenate(columns, axis=1)
    images = np.broadcast_to(np.arange(len(kinds))[:, None], places.shape)
    shape = ((1 + 2 * several) * num_classes, len(kinds))
    return csr_array((ones.ravel(), (places.ravel(), images.ravel())), shape=shape)
