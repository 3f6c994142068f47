"""Figures of several seeds: the interval of their mean, paired differences, and the correction for many of them."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from imbalearn_torch.errors import OptionError

__all__ = [
    "CORRECTIONS",
    "PairedDifference",
    "SeedMean",
    "can_correct",
    "corrected",
    "mean_interval",
    "paired_difference",
]

CORRECTIONS = ("holm", "none")
_ROUNDING = 1e-12  # values that differ by less are the same: the rest is floating point


class SeedMean(NamedTuple):
    """A mean over seeds and its t-interval; None where there is no value.

    Args:
        mean: None without any value.
        low: None with fewer than two values.
        high: The same.
    """

    mean: float | None
    low: float | None
    high: float | None


class PairedDifference(NamedTuple):
    """The mean difference of pairs, its t-interval, and the p-value of the paired t-test.

    Args:
        mean: None without any pair.
        low: None with fewer than two pairs.
        high: The same.
        p: None as well where all differences are equal, so that the test has no value.
    """

    mean: float | None
    low: float | None
    high: float | None
    p: float | None


def mean_interval(values: Sequence[float | None], level: float = 0.95) -> SeedMean:
    """The mean over seeds and its t-interval; equal values give an interval of no width.

    Args:
        values: One a seed; None, of a run that failed, is left out.
        level: The confidence level.

    >>> mean_interval([0.5])
    SeedMean(mean=0.5, low=None, high=None)
    """
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if known.size == 0:
        return SeedMean(None, None, None)
    mean = float(known.mean())
    if known.size == 1:
        return SeedMean(mean, None, None)
    if np.ptp(known) < _ROUNDING:
        return SeedMean(mean, mean, mean)
    from scipy.stats import ttest_1samp

    with _quiet():
        low, high = ttest_1samp(known, 0.0).confidence_interval(level)
    return SeedMean(mean, float(low), float(high))


def paired_difference(
    values: Sequence[float | None], reference: Sequence[float | None], level: float = 0.95
) -> PairedDifference:
    """How much larger the values are than the reference's, seed by seed.

    Args:
        values: One a seed.
        reference: Of the same seeds; a pair in which one is None is left out.
        level: The confidence level.

    Raises:
        OptionError: The lengths differ.
    """
    if len(values) != len(reference):
        raise OptionError(f"Expected as many `reference` as `values`, but got {len(reference)} and {len(values)}")
    pairs = [(a, b) for a, b in zip(values, reference, strict=True) if a is not None and b is not None]
    ours, theirs = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    mean, low, high = mean_interval((ours - theirs).tolist(), level)
    if len(pairs) < 2 or np.ptp(ours - theirs) < _ROUNDING:
        return PairedDifference(mean, low, high, None)
    from scipy.stats import ttest_rel

    with _quiet():
        test = ttest_rel(ours, theirs)
        low, high = test.confidence_interval(level)
    return PairedDifference(mean, float(low), float(high), float(test.pvalue))


def can_correct(method: str) -> bool:
    """Whether `corrected` has what it needs: `holm` is statsmodels'."""
    return method == "none" or importlib.util.find_spec("statsmodels") is not None


def corrected(p_values: Sequence[float | None], method: str = "holm") -> list[float | None]:
    """p-values corrected for how many there are; all None where statsmodels is not installed.

    Args:
        p_values: Of one family of tests; None stays None and does not count.
        method: One of `CORRECTIONS`.
    """
    known = [p for p in p_values if p is not None]
    if method == "none" or not known:
        return list(p_values)
    if not can_correct(method):
        return [None] * len(p_values)
    from statsmodels.stats.multitest import multipletests  # pyright: ignore[reportMissingImports]

    adjusted = iter(np.asarray(multipletests(known, method=method)[1]).tolist())
    return [None if p is None else float(next(adjusted)) for p in p_values]


@contextmanager
def _quiet() -> Iterator[None]:
    """Without SciPy's remark that values lie close together."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
