"""Figures that judge the probabilities themselves: log-loss and expected calibration error."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reliability", "expected_calibration_error", "log_loss", "log_softmax", "reliability"]

_BINS = 15


class Reliability(NamedTuple):
    """Confidence and accuracy in bins of equal width `(low, high]`; NaN in a bin without images.

    Args:
        counts: Images in each bin, int64 `[bins]`.
        confidence: Their mean, float64 `[bins]`.
        accuracy: Share of right ones, float64 `[bins]`.
    """

    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-probabilities `[N, K]` of logits `[N, K]`; a row with NaN or +inf gives NaN."""
    with np.errstate(invalid="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def log_loss(log_probabilities: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    """The mean of `-log p(true class)`; infinite where a true class has probability 0.

    Args:
        log_probabilities: `[N, K]`, N > 0.
        targets: `[N]`.
    """
    return float(-np.take_along_axis(log_probabilities, targets[:, None], axis=1).mean())


def expected_calibration_error(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, bins: int = _BINS
) -> float:
    """The mean gap between confidence and accuracy, over bins of equal width `(low, high]`.

    `ECE = sum_b (N_b / N) |accuracy_b - confidence_b|`.

    Args:
        confidence: The largest probability of each image, `[N]`, N > 0.
        correct: Whether that class is the true one, `[N]`.
        bins: How many.

    References:
        [1] C. Guo et al., On calibration of modern neural networks, ICML 2017, arXiv:1706.04599
    """
    gap = np.bincount(_bin_of(confidence, bins), weights=correct - confidence, minlength=bins)
    return float(np.abs(gap).sum() / confidence.size)


def reliability(confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, bins: int = _BINS) -> Reliability:
    """The same bins one by one, for a reliability diagram.

    Args:
        confidence: The largest probability of each image, `[N]`.
        correct: Whether that class is the true one, `[N]`.
        bins: How many.
    """
    index = _bin_of(confidence, bins)
    counts = np.bincount(index, minlength=bins)
    sums = [np.bincount(index, weights=values, minlength=bins) for values in (confidence, correct)]
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN of an empty bin
        return Reliability(counts, sums[0] / counts, sums[1] / counts)


def _bin_of(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    return np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], confidence, side="left")
