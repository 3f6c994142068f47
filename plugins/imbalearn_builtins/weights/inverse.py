"""Inverse class frequencies."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.weights.schedule import ClassWeights, counts_of

__all__ = ["InverseWeights"]


class InverseWeights(ClassWeights):
    """Class weights in inverse proportion to the counts.

        w_c ~ 1 / n_c;  0 where n_c = 0;  scaled to sum to the number of present classes

    Returns, when called with an epoch: float32 `[K]` on the CPU.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: The length of training; needed where `start` > 0.
        start: The fraction of training before which every present class has weight 1, in [0, 1].

    Raises:
        OptionError: `start` is outside its range, or `epochs` is missing.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] King, Zeng. Logistic Regression in Rare Events Data. Political Analysis 9(2), 2001.

    >>> InverseWeights(class_counts=torch.tensor([30, 10, 0]))(0)
    tensor([0.5000, 1.5000, 0.0000])
    """

    def __init__(self, *, class_counts: Tensor, epochs: int | None = None, start: float = 0.0) -> None:
        counts = counts_of(class_counts)
        super().__init__(counts, torch.reciprocal(counts), epochs=epochs, start=start)
