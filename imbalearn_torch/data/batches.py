"""What every loader does alike: draw, augment, normalise. They differ in where the images come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from imbalearn_torch.data.augment import Augment
from imbalearn_torch.data.recycle import Recycled
from imbalearn_torch.errors import OptionError
from imbalearn_torch.types import Batch

__all__ = ["Loader"]

_CACHED = 2**17  # values that fit in a core's own cache, as float32 and as bytes


class Loader(ABC):
    """Batches of one part of the data.

    Args:
        targets: int64 `[N]`.
        shape: Of one sample, (C, H, W) or (D,).
        mean: One number a channel (a feature, for tables) on the 0..1 scale of images.
        std: As `mean`, > 0.
        augment: Applied by `batch`, never by `views`.
        device: Where batches are made.
        dtype: Of the images that are handed out.
        channels_last: Memory format of the images that are handed out.
    """

    def __init__(
        self,
        targets: Tensor,
        shape: tuple[int, ...],
        *,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        augment: Augment,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        channels_last: bool = True,
    ) -> None:
        self.shape = shape
        self.is_image = len(shape) == 3
        self.targets = targets.to(device)
        self._augment = augment
        scale = 255.0 if self.is_image else 1.0
        broadcast = (1, -1, 1, 1) if self.is_image else (1, -1)
        centre = torch.tensor(mean, dtype=torch.float64).view(broadcast) * scale
        spread = torch.tensor(std, dtype=torch.float64).view(broadcast) * scale
        self._centre = centre.to(device, dtype)
        self._inverse = spread.reciprocal().to(device, dtype)
        self._dtype, self._memory = dtype, Recycled()
        self._format = torch.channels_last if channels_last and self.is_image else torch.contiguous_format

    def __len__(self) -> int:
        return self.targets.numel()

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        self._augment.set_epoch(epoch)

    def draw(self, size: int, generator: torch.Generator) -> list[Tensor]:
        """The augmentation draws of a whole global batch.

        Raises:
            OptionError: The augmentation does not fit the data.
        """
        if not self._augment:
            return []
        if not self.is_image:
            raise OptionError("augmentations are for images, but these data are tables; use --augment none")
        height, width = self.shape[1:]
        return self._augment.draw(size, height, width, generator)

    def follow(self, plans: Sequence[Tensor], start: int) -> None:  # noqa: B027 - most need no such word
        """Be told what an epoch is going to ask for, so that it can be made ready.

        Args:
            plans: The planned columns, int64 `[steps, B]` each; `batch` will be asked for the rows of a step of one
                column after the other.
            start: The first step.
        """

    def batch(self, indices: Tensor, draws: list[Tensor]) -> Batch:
        """Augmented and normalised images of the given indices (CPU int64 `[B]`)."""
        images = self._images(indices)
        if draws:
            images = self._augment.apply(images, draws)
        chosen = indices.to(self.targets.device, non_blocking=True)
        return Batch(self._normalised(images), self.targets.index_select(0, chosen))

    def views(self, batch_size: int, flip: bool) -> Iterator[list[Tensor]]:
        """Un-augmented batches in order: the images and, with `flip`, their mirror images."""
        for raw in self._in_order(batch_size):
            images = self._normalised(raw)
            yield [images, images.flip(3)] if flip else [images]

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Give up what is held beside the data."""

    @abstractmethod
    def _images(self, indices: Tensor) -> Tensor:
        """Images as they are stored, on the device."""

    @abstractmethod
    def _in_order(self, batch_size: int) -> Iterator[Tensor]:
        """All images as they are stored, on the device."""

    def _normalised(self, images: Tensor) -> Tensor:
        if images.device.type == "cpu" and self.is_image:
            return self._normalised_on_cpu(images)
        converted = images.to(dtype=self._dtype, memory_format=self._format, copy=True)
        return converted.sub_(self._centre).mul_(self._inverse)

    def _normalised_on_cpu(self, images: Tensor) -> Tensor:
        """The same bits, a few images at a time that stay in the cache, channel by channel and then transposed."""
        made = self._memory.empty(tuple(images.shape), self._dtype, self._format)
        if not images.is_contiguous() and images.is_contiguous(memory_format=self._format):
            return self._normalised_in_rows(images, made)
        some = max(1, _CACHED // images[0].numel())
        is_planar = self._format is torch.contiguous_format
        planar = made if is_planar else torch.empty((some, *images.shape[1:]), dtype=self._dtype)
        for source, target in zip(images.split(some), made.split(some), strict=True):
            here = target if is_planar else planar[: len(source)]
            here.copy_(source).sub_(self._centre).mul_(self._inverse)
            if not is_planar:
                target.copy_(here)
        return made

    def _normalised_in_rows(self, images: Tensor, made: Tensor) -> Tensor:
        """The same bits for images whose memory is already pixel by pixel, a few rows of pixels at a time."""
        width, length = images.shape[3], images.shape[1] * images.shape[3]
        centre, inverse = self._centre.flatten().repeat(width), self._inverse.flatten().repeat(width)
        sources, targets = (each.movedim(1, -1).reshape(-1, length) for each in (images, made))
        some = max(1, _CACHED // length)
        for source, target in zip(sources.split(some), targets.split(some), strict=True):
            target.copy_(source).sub_(centre).mul_(inverse)
        return made
