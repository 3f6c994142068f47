"""Two-level draws: a class from a distribution, then an image of it. What the class-wise samplers share."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from imbalearn_builtins.samplers.deferred import DeferredSampler
from imbalearn_builtins.samplers.instance import read_targets

__all__ = ["ClassDraw", "class_drawer", "class_order"]

# Labels or draws at once. The temporaries stay in the processor's cache, and torch uses no second thread for so few
# numbers: on busy cores waiting for it, chunk after chunk, would take most of the time. So numpy sorts and searches.
_CHUNK = 1 << 15


def class_order(labels: Tensor, counts: Tensor) -> Tensor:
    """Positions sorted by label, in their own order within a label: a counting sort, chunk by chunk to save memory.

    Args:
        labels: In 0..K-1, `[N]`.
        counts: How often each label occurs, int64 `[K]`.

    Returns:
        int32 `[N]`, or int64 where N needs it.
    """
    size = labels.numel()
    order = np.empty(size, dtype=np.int32 if size <= np.iinfo(np.int32).max else np.int64)
    narrow = np.min_scalar_type(counts.numel())  # numpy sorts 8 and 16 bits by radix
    free = (counts.cumsum(0) - counts).numpy()
    for start in range(0, size, _CHUNK):
        part = labels[start : start + _CHUNK].numpy().astype(narrow)
        found = np.bincount(part, minlength=counts.numel())
        shift = free - (found.cumsum() - found)
        place = np.repeat(shift, found) + np.arange(part.size)
        order[place] = np.argsort(part, kind="stable") + start
        free += found
    return torch.from_numpy(order)


def class_drawer(distribution: Tensor) -> Callable[[int, torch.Generator], Tensor]:
    """A function (size, generator) -> classes int64 `[size]`, independent draws from a distribution float64 `[K]`."""
    present = distribution.nonzero().squeeze(1)
    mass = distribution[present]
    if bool((mass == mass[0]).all()):  # a uniform draw needs no search: an integer is enough, and many times faster
        return lambda size, generator: present.index_select(
            0, torch.randint(present.numel(), (size,), generator=generator)
        )
    cumulative = distribution.cumsum(0)
    cumulative = (cumulative / cumulative[-1]).numpy()  # ends in 1 exactly, so that no draw from [0, 1) lies beyond it

    def searched(size: int, generator: torch.Generator) -> Tensor:
        drawn = torch.rand(size, dtype=torch.float64, generator=generator).numpy()
        return torch.from_numpy(np.searchsorted(cumulative, drawn, side="right"))

    return searched


class ClassDraw(DeferredSampler, ABC):
    """Draws a class from p, then one of its images uniformly; before `start` it draws as `instance`.

    A subclass gives the mass of every class. Integer and float64 arithmetic only: there is no limit on N.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        start: The draws are p from epoch `round(start * epochs)` on.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None,
        epochs: int,
        start: float,
        epoch_size: int | None,
    ) -> None:
        labels = read_targets(targets, num_classes)
        super().__init__(targets=labels, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size)
        self.order = class_order(labels, self.class_counts)
        self.offsets = self.class_counts.cumsum(0) - self.class_counts

    def draw(self, epoch: int, generator: torch.Generator) -> Tensor:
        """int64 `[M]`: independent draws of a class and of one of its images."""
        draw = class_drawer(self.class_distribution(epoch))
        sizes = self.class_counts.double()
        plan = torch.empty(self.epoch_size, dtype=torch.int64)
        for part in plan.split(_CHUNK):
            classes = draw(part.numel(), generator)
            # A float64 below 1 times an integer below 2^53 rounds to less than that integer.
            rank = torch.rand(part.numel(), dtype=torch.float64, generator=generator)
            rank = rank.mul_(sizes.index_select(0, classes)).long()
            part.copy_(self.order.index_select(0, rank.add_(self.offsets.index_select(0, classes))))
        return plan
