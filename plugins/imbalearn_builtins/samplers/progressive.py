"""From the plain epoch to the balanced one in the course of the training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_builtins.samplers.class_draw import ClassDraw

__all__ = ["ProgressiveSampler"]


class ProgressiveSampler(ClassDraw):
    """Draws classes first by their share of the images, in the end equally often, then one image of the class.

        p_c(t) = (1 - t / T) n_c / N + (t / T) / number of present classes

    t counts the T epochs from 0, so that the last of them is t / T = 1 - 1 / T. With `start` both count the epochs from
    the first deferred one on: the mixture begins there, and not halfway.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training; past them the draws stay balanced.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.

    >>> sampler = ProgressiveSampler(targets=[0, 0, 0, 1], epochs=10)
    >>> [sampler.class_distribution(epoch).tolist() for epoch in (0, 5)]
    [[0.75, 0.25], [0.625, 0.375]]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        super().__init__(targets=targets, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size)
        self.epochs = epochs

    def class_mass(self, epoch: int) -> Tensor:
        # With `start=1` no epoch of the training is left, and any number will do.
        progress = (epoch - self.first_epoch) / max(1, self.epochs - self.first_epoch)
        counts, present = self.class_counts.double(), (self.class_counts > 0).double()
        return torch.lerp(counts / counts.sum(), present / present.sum(), min(1.0, progress))
