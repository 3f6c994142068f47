"""Small data as one tensor on the device: a batch is an index, its augmentation and its normalisation."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from imbalearn_torch.data.augment import Augment
from imbalearn_torch.errors import OptionError
from imbalearn_torch.types import Batch

__all__ = ["MemoryLoader"]


class MemoryLoader:
    """Batches of one part of the data.

    Args:
        inputs: uint8 `[N, C, H, W]` or float32 `[N, D]`.
        targets: int64 `[N]`.
        mean: One number a channel (a feature, for tables) on the 0..1 scale of images.
        std: As `mean`, > 0.
        augment: Applied by `batch`, never by `views`.
        device: Where the data live.
        dtype: Of the images that are handed out.
        channels_last: Memory format of the images that are handed out.
    """

    def __init__(
        self,
        inputs: Tensor,
        targets: Tensor,
        *,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        augment: Augment,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        channels_last: bool = True,
    ) -> None:
        self.is_image = inputs.dim() == 4
        self.inputs = inputs.to(device)
        self.targets = targets.to(device)
        self._augment = augment
        scale = 255.0 if self.is_image else 1.0
        shape = (1, -1, 1, 1) if self.is_image else (1, -1)
        centre = torch.tensor(mean, dtype=torch.float64).view(shape) * scale
        spread = torch.tensor(std, dtype=torch.float64).view(shape) * scale
        self._centre = centre.to(device, dtype)
        self._inverse = spread.reciprocal().to(device, dtype)
        self._dtype = dtype
        self._format = torch.channels_last if channels_last and self.is_image else torch.contiguous_format

    def __len__(self) -> int:
        return self.targets.numel()

    def draw(self, size: int, generator: torch.Generator) -> list[Tensor]:
        """The augmentation draws of a whole global batch.

        Raises:
            OptionError: The augmentation does not fit the data.
        """
        if not self._augment:
            return []
        if not self.is_image:
            raise OptionError("augmentations are for images, but these data are tables; use --augment none")
        height, width = self.inputs.shape[2:]
        return self._augment.draw(size, height, width, generator)

    def batch(self, indices: Tensor, draws: list[Tensor]) -> Batch:
        """Augmented and normalised images of the given indices (CPU int64 `[B]`)."""
        indices = indices.to(self.targets.device, non_blocking=True)
        images = self.inputs.index_select(0, indices)
        if draws:
            images = self._augment.apply(images, draws)
        return Batch(self._normalised(images), self.targets.index_select(0, indices))

    def views(self, batch_size: int, flip: bool) -> Iterator[list[Tensor]]:
        """Un-augmented batches in order: the images and, with `flip`, their mirror images."""
        for start in range(0, len(self), batch_size):
            images = self._normalised(self.inputs[start : start + batch_size])
            yield [images, images.flip(3)] if flip else [images]

    def _normalised(self, images: Tensor) -> Tensor:
        converted = images.to(dtype=self._dtype, memory_format=self._format, copy=True)
        return converted.sub_(self._centre).mul_(self._inverse)
