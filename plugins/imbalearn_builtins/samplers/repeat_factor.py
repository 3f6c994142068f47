"""Images of rare classes several times an epoch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_builtins.samplers.deferred import DeferredSampler
from imbalearn_builtins.samplers.instance import read_targets
from imbalearn_torch import errors

__all__ = ["RepeatFactorSampler"]

_CHUNK = 1 << 16  # images at once, to save memory


class RepeatFactorSampler(DeferredSampler):
    """Repeats the images of every class that is rarer than a threshold.

        r_c = max(1, sqrt(threshold / f_c)),  f_c = n_c / N;  p_c ~ n_c r_c

    An image occurs floor(r_c) times in a plan, and once more with the probability r_c - floor(r_c), drawn anew for
    every image and epoch; so 1.005 repeats one image in 200. The plan is in random order, and the engine takes
    `epoch_size` indices of it: all methods take equal steps. With threshold = 0 it is `instance`, with 1 classes are
    drawn as by `sqrt`.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU, M about the sum of r over all images.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        threshold: The share of images, in [0, 1], below which a class is repeated. The default is that of [1] for its
            1,203 classes; with K classes nothing is repeated below the share of the rarest.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices of a plan that make an epoch; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `threshold` or `start` outside [0, 1].

    References:
        [1] Gupta, Dollár, Girshick. LVIS: A Dataset for Large Vocabulary Instance Segmentation. CVPR 2019,
            arXiv:1908.03195.

    >>> sampler = RepeatFactorSampler(targets=[0] * 15 + [1], threshold=0.25)
    >>> sampler.factors.tolist()  # of the rare class: sqrt(0.25 / (1 / 16))
    [1.0, 2.0]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        threshold: float = 0.001,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        if not 0 <= threshold <= 1:
            raise errors.OptionError(f"Expected `threshold` to be in [0, 1], but got {threshold}")
        self.labels = read_targets(targets, num_classes)
        super().__init__(
            targets=self.labels, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size
        )
        # No image has the label of an absent class: any factor will do for it.
        share = self.class_counts.clamp_min(1).double() / self.class_counts.sum()
        self.factors = (threshold / share).sqrt().clamp_min(1)

    def class_mass(self, epoch: int) -> Tensor:
        return self.class_counts * self.factors

    def draw(self, epoch: int, generator: torch.Generator) -> Tensor:
        """int64 `[M]`: every image as often as its rounded factor, in random order."""
        repeated = self._repeated(generator)
        plan = torch.randperm(repeated.numel(), generator=generator)
        for part in plan.split(_CHUNK):
            part.copy_(repeated.index_select(0, part))
        return plan

    def _repeated(self, generator: torch.Generator) -> Tensor:
        """The indices in order, each as often as its rounded factor; int32 where N allows."""
        narrow = torch.int32 if self.labels.numel() <= torch.iinfo(torch.int32).max else torch.int64
        whole = self.factors.long()
        fraction = self.factors - whole
        parts = []
        for number, labels in enumerate(self.labels.split(_CHUNK)):
            classes = labels.long()
            once_more = torch.rand(classes.numel(), dtype=torch.float64, generator=generator) < fraction[classes]
            times = whole[classes] + once_more
            parts.append(torch.repeat_interleave(times).add_(number * _CHUNK).to(narrow))
        return torch.cat(parts)
