"""Smaller images for the first part of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.errors import OptionError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["Shrink"]


class Shrink:
    """Scale images down before a fraction of the training is over, as in progressive resizing (Howard 2018, fast.ai).

    The step costs in proportion to the pixels. What is predicted, always has its full size.

    Args:
        size: Pixels of the shorter side, >= 1; images that are no larger stay as they are.
        stop: The fraction of training from which images have their full size, in [0, 1].
    """

    def __init__(self, *, epochs: int, size: int = 24, stop: float = 0.4) -> None:
        if size < 1:
            raise OptionError(f"Expected `size` to be >= 1, but got {size}")
        if not 0 <= stop <= 1:
            raise OptionError(f"Expected `stop` to be in [0, 1], but got {stop}")
        self.size, self.end, self.epoch = size, round(stop * epochs), 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        self.epoch = epoch

    def draw(self, size: int, height: int, width: int, generator: torch.Generator) -> Tensor:
        import torch

        del height, width, generator
        return torch.empty((size, 0), dtype=torch.int64)

    def resized(self, height: int, width: int) -> tuple[int, int]:
        """The size that images of this size get in the present epoch."""
        shorter = min(height, width)
        if self.epoch >= self.end or shorter <= self.size:
            return height, width
        return round(height * self.size / shorter), round(width * self.size / shorter)

    def apply(self, images: Tensor, draws: Tensor) -> Tensor:
        """uint8 `[B, C, H, W]` -> uint8 `[B, C, h, w]`, anti-aliased."""
        import torch.nn.functional as F

        del draws
        height, width = images.shape[2:]
        smaller = self.resized(height, width)
        if smaller == (height, width):
            return images
        if images.device.type == "cpu":
            return F.interpolate(images, size=smaller, mode="bilinear", antialias=True)
        # Only CPUs scale bytes.
        return F.interpolate(images.float(), size=smaller, mode="bilinear", antialias=True).round_().to(images.dtype)
