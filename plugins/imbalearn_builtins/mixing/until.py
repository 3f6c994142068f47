"""A mix that ends before the training does. What the mixes with a `stop` share."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch

from imbalearn_builtins.mixing.none import NoMix
from imbalearn_torch import Batch, Mixed, errors

__all__ = ["MixUntil"]


class MixUntil(NoMix, ABC):
    """Mixes before epoch `round(stop * epochs)` and leaves the images as they are from it on.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        stop: 1: it never stops, whatever `epochs`.

    Raises:
        OptionError: `stop` is outside [0, 1].
    """

    def __init__(self, *, epochs: int, stop: float) -> None:
        if not 0 <= stop <= 1:
            raise errors.OptionError(f"Expected `stop` to be in [0, 1], but got {stop}")
        # Research code that names no number of epochs may count as many as it likes.
        self.end = math.inf if stop == 1 else round(stop * epochs)
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        self.epoch = epoch

    @abstractmethod
    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        """What `__call__` does before the end."""

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        return self.mix(a, b, generator) if self.epoch < self.end else super().__call__(a, b, generator)
