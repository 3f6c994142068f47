"""Figures that judge the probabilities themselves: log-loss and expected calibration error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_calibration_error", "log_loss", "log_softmax"]


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


def expected_calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, bins: int = 15) -> float:
    """The mean gap between confidence and accuracy, over bins of equal width `(low, high]`.

    `ECE = sum_b (N_b / N) |accuracy_b - confidence_b|`.

    Args:
        confidence: The largest probability of each image, `[N]`, N > 0.
        correct: Whether that class is the true one, `[N]`.
        bins: How many.

    References:
        [1] C. Guo et al., On calibration of modern neural networks, ICML 2017, arXiv:1706.04599
    """
    edges = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    index = np.searchsorted(edges, confidence, side="left")
    gap = np.bincount(index, weights=correct - confidence, minlength=bins)
    return float(np.abs(gap).sum() / confidence.size)
