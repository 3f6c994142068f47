"""Crop, flip and cutout drawn for each image: a batch at once, beside torchvision v2 image by image.

Both from the same uint8 batch of 512 32x32 images to a uint8 batch, without normalisation.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision.transforms import v2

from benchmarks.harness import Paired, paired
from imbalearn_torch.data.augment import AUGMENTATIONS, Augment

_BATCH, _SIDE, _PAD, _SQUARE = 512, 32, 4, 8
_FILL = (125, 123, 114)
_AREA = (_SQUARE / _SIDE) ** 2
_OURS = Augment(AUGMENTATIONS.resolve_chain(f"crop:pad={_PAD}+flip+cutout:size={_SQUARE}"), _FILL)
_THEIRS = v2.Compose(
    [
        v2.RandomCrop(_SIDE, padding=_PAD, padding_mode="reflect"),
        v2.RandomHorizontalFlip(),
        v2.RandomErasing(p=1.0, scale=(_AREA, _AREA), ratio=(1.0, 1.0), value=_FILL),  # pyright: ignore[reportArgumentType]
    ]
)


def measure(quick: bool) -> dict[str, Any]:
    """Times faster than torchvision, for both memory formats of our batch."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (_BATCH, 3, _SIDE, _SIDE), generator=generator, dtype=torch.uint8)

    def compare(layout: torch.memory_format) -> Paired:
        batch = images.contiguous(memory_format=layout)
        return paired(lambda: ours(batch, generator), lambda: theirs(images), 3 if quick else 15, at_least=10)

    return {"contiguous": compare(torch.contiguous_format), "channels_last": compare(torch.channels_last)}


def ours(images: Tensor, generator: torch.Generator) -> Tensor:
    """uint8 `[B, C, H, W]` -> the same, augmented."""
    return _OURS.apply(images, _OURS.draw(len(images), images.shape[2], images.shape[3], generator))


def theirs(images: Tensor) -> Tensor:
    """The same with torchvision, which draws once a call, and so is called once an image."""
    return torch.stack([_THEIRS(image) for image in images])
