"""A sampler that begins after a part of the training. What the samplers with a `start` share."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from imbalearn_builtins.samplers.instance import InstanceSampler

__all__ = ["DeferredSampler"]


class DeferredSampler(InstanceSampler, ABC):
    """Draws as `instance` before epoch `round(start * epochs)`, and as a subclass says from it on.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        start: In [0, 1]; 0: from the first epoch on.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].
    """

    @abstractmethod
    def class_mass(self, epoch: int) -> Tensor:
        """How often `draw` gives each class, in any unit, `[K]`; the mass of an absent class is ignored."""

    @abstractmethod
    def draw(self, epoch: int, generator: torch.Generator) -> Tensor:
        """What `plan` gives from `first_epoch` on."""

    def class_distribution(self, epoch: int) -> Tensor:
        """The distribution over classes that an epoch is drawn from, float64 `[K]`."""
        if epoch < self.first_epoch:
            return super().class_distribution(epoch)
        mass = torch.where(self.class_counts > 0, self.class_mass(epoch).double(), 0.0)
        return mass / mass.sum()

    def plan(self, epoch: int, generator: torch.Generator) -> Tensor:
        """The indices of one epoch, int64 `[M]`, drawn from a CPU generator."""
        if epoch < self.first_epoch:
            return super().plan(epoch, generator)
        return self.draw(epoch, generator)
