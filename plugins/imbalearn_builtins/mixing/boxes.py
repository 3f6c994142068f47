"""Boxes of one image in another. What the mixes that paste them share."""

from __future__ import annotations

from abc import ABC

import torch
from torch import Tensor

from imbalearn_builtins.mixing.until import MixUntil
from imbalearn_torch import Batch, Mixed, errors

__all__ = ["BoxMix", "paste"]


def paste(images: Tensor, others: Tensor, boxes: Tensor) -> Tensor:
    """New images: `others` inside the boxes, `images` outside them, in the type and memory format of `images`.

    Args:
        images: Floating, `[B, C, H, W]`.
        others: As `images`.
        boxes: int64 `[B, 4]`: top, bottom, left, right, the ends exclusive.
    """
    differentiable = images.requires_grad or others.requires_grad
    if images.device.type == "cpu" and not differentiable and images.dtype != torch.bfloat16:
        # numpy copies a small box in a microsecond, and only the boxes move: half of what a mask would cost. It has no
        # type for bfloat16.
        pasted = images.clone()
        after, before = pasted.numpy(), others.numpy()
        for sample, (top, bottom, left, right) in enumerate(boxes.tolist()):
            if top < bottom and left < right:
                after[sample, :, top:bottom, left:right] = before[sample, :, top:bottom, left:right]
        return pasted
    height, width = images.shape[2:]
    top, bottom, left, right = boxes.to(images.device).view(-1, 4, 1, 1, 1).unbind(1)
    rows = torch.arange(height, device=images.device).unsqueeze(1)
    columns = torch.arange(width, device=images.device)
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    return torch.where(inside, others, images)


class BoxMix(MixUntil, ABC):
    """A mix that pastes boxes, and so takes images only, in every epoch."""

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        if a.images.dim() != 4:
            raise errors.OptionError(
                f"Expected images [B, C, H, W] for {type(self).__name__}, but got inputs {list(a.images.shape)}; mixup "
                "takes tables"
            )
        return super().__call__(a, b, generator)
