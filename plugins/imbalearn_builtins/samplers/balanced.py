"""Every class equally often."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_builtins.samplers.class_draw import ClassDraw, class_drawer, class_order

__all__ = ["BalancedSampler"]


class BalancedSampler(ClassDraw):
    """Draws every present class equally often: the class first, then one of its images.

        p_c = 1 / number of present classes

    This is what torch's WeightedRandomSampler draws with inverse counts as weights.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.
        replacement: False: within a plan a class gives all its images, in a fresh random order, before one returns.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.

    >>> BalancedSampler(targets=[0, 0, 0, 1]).class_distribution(0).tolist()
    [0.5, 0.5]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        start: float = 0.0,
        epoch_size: int | None = None,
        replacement: bool = True,
    ) -> None:
        super().__init__(targets=targets, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size)
        self.replacement = replacement

    def class_mass(self, epoch: int) -> Tensor:
        return torch.ones_like(self.class_counts, dtype=torch.float64)

    def draw(self, epoch: int, generator: torch.Generator) -> Tensor:
        """int64 `[M]`: independent draws, or each class in turns through all its images."""
        if self.replacement:
            return super().draw(epoch, generator)
        classes = class_drawer(self.class_distribution(epoch))(self.epoch_size, generator)
        drawn = torch.bincount(classes, minlength=self.class_counts.numel())
        slots = class_order(classes, drawn).split(drawn.tolist())
        images = self.order.split(self.class_counts.tolist())
        plan = torch.empty(self.epoch_size, dtype=torch.int64)
        for slot, image in zip(slots, images, strict=True):
            if slot.numel():
                plan[slot.long()] = image[_turns(slot.numel(), image.numel(), generator)].long()
        return plan


def _turns(size: int, images: int, generator: torch.Generator) -> Tensor:
    """The first `size` of as many random orders of 0..images-1 as that takes, one after the other."""
    cycles = -(-size // images)
    return torch.rand(cycles, images, dtype=torch.float64, generator=generator).argsort(dim=1).flatten()[:size]
