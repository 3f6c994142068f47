"""Inverse square roots of the class frequencies."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.weights.schedule import ClassWeights, counts_of

__all__ = ["SqrtInverseWeights"]


class SqrtInverseWeights(ClassWeights):
    """Class weights in inverse proportion to the square root of the counts.

        w_c ~ 1 / sqrt(n_c);  0 where n_c = 0;  scaled to sum to the number of present classes

    A milder `inverse`: an epoch of all images, so weighted, counts each class as the sampler `sqrt` draws it [1].

    Returns, when called with an epoch: float32 `[K]` on the CPU.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: The length of training; needed where `start` > 0.
        start: The fraction of training before which every present class has weight 1, in [0, 1].

    Raises:
        OptionError: `start` is outside its range, or `epochs` is missing.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Mahajan, Girshick, Ramanathan, He, Paluri, Li, Bharambe, van der Maaten. Exploring the Limits of Weakly
            Supervised Pretraining. ECCV 2018, arXiv:1805.00932.

    >>> SqrtInverseWeights(class_counts=torch.tensor([90, 10, 0]))(0)
    tensor([0.5000, 1.5000, 0.0000])
    """

    def __init__(self, *, class_counts: Tensor, epochs: int | None = None, start: float = 0.0) -> None:
        counts = counts_of(class_counts)
        super().__init__(counts, torch.rsqrt(counts), epochs=epochs, start=start)
