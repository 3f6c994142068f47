"""A mix for a part of the training. What the mixes with a `stop` share."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch

from imbalearn_builtins.mixing.none import NoMix
from imbalearn_torch import Batch, Mixed, errors

__all__ = ["MixUntil", "epoch_at"]


def epoch_at(fraction: float, epochs: int, name: str) -> int:
    """The epoch that begins at a fraction of the training, given as the option `name`.

    Raises:
        OptionError: It is outside [0, 1].
    """
    if not 0 <= fraction <= 1:
        raise errors.OptionError(f"Expected `{name}` to be in [0, 1], but got {fraction}")
    return round(fraction * epochs)


class MixUntil(NoMix, ABC):
    """Mixes before epoch `round(stop * epochs)` and leaves the images as they are from it on.

    A subclass may set `begin`, the first epoch that is mixed.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        stop: 1: it never stops, whatever `epochs`.

    Raises:
        OptionError: `stop` is outside [0, 1].
    """

    def __init__(self, *, epochs: int, stop: float) -> None:
        self.begin = 0
        # Research code that names no number of epochs may count as many as it likes.
        self.end = math.inf if stop == 1 else epoch_at(stop, epochs, "stop")
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        self.epoch = epoch

    @abstractmethod
    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        """What `__call__` does while it mixes."""

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        mixing = self.begin <= self.epoch < self.end
        return self.mix(a, b, generator) if mixing else super().__call__(a, b, generator)
