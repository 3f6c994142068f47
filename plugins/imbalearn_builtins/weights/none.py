"""No class weights."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.weights.schedule import ClassWeights, counts_of

__all__ = ["NoWeights"]


class NoWeights(ClassWeights):
    """Weight 1 for every class that is present, 0 for the others.

    Returns, when called with an epoch: float32 `[K]` on the CPU.

    Args:
        class_counts: Images of each class, `[K]`.
        epochs: As for the other schemes.
        start: As for the other schemes, so that one option string fits all; it changes nothing here.

    Raises:
        OptionError: `start` is outside [0, 1], or `epochs` is missing.
        DataError: The counts are no vector of numbers >= 0.

    >>> NoWeights(class_counts=torch.tensor([90, 10, 0]))(0)
    tensor([1., 1., 0.])
    """

    def __init__(self, *, class_counts: Tensor, epochs: int | None = None, start: float = 0.0) -> None:
        counts = counts_of(class_counts)
        super().__init__(counts, torch.ones_like(counts), epochs=epochs, start=start)
