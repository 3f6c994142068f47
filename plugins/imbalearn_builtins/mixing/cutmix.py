"""CutMix."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from imbalearn_builtins.mixing.until import MixUntil
from imbalearn_torch import Batch, Mixed, errors, sample_beta, sample_boxes

__all__ = ["CutMix", "paste"]


def paste(images: Tensor, others: Tensor, boxes: Tensor) -> Tensor:
    """New images: `others` inside the boxes, `images` outside them, in the type and memory format of `images`.

    Args:
        images: Floating, `[B, C, H, W]`.
        others: As `images`.
        boxes: int64 `[B, 4]`: top, bottom, left, right, the ends exclusive.
    """
    batch, channels, height, width = images.shape
    top, bottom, left, right = boxes.to(images.device).unsqueeze(2).unbind(1)
    last = images.is_contiguous(memory_format=torch.channels_last)
    group = channels if last else 1  # numbers that a pixel has side by side in memory
    rows = torch.arange(height, device=images.device)
    columns = torch.arange(width * group, device=images.device) // group
    rows = ((rows >= top) & (rows < bottom)).to(images.dtype)
    columns = ((columns >= left) & (columns < right)).to(images.dtype)
    # Weights of 0 and 1 make lerp copy its one or other argument, much faster than torch.where does on a CPU.
    inside = rows.unsqueeze(2) * columns.unsqueeze(1)
    if not last:
        return torch.lerp(images, others, inside.unsqueeze(1))
    # Pixels and channels as one axis: broadcasting the mask along a last axis of 3 channels would be slow.
    flat = inside.shape
    buffer = None if images.requires_grad or others.requires_grad else inside
    pasted = torch.lerp(_channels_last(images, flat), _channels_last(others, flat), inside, out=buffer)
    return pasted.view(batch, height, width, channels).permute(0, 3, 1, 2)


def _channels_last(images: Tensor, shape: tuple[int, ...]) -> Tensor:
    return images.permute(0, 2, 3, 1).reshape(shape)


class CutMix(MixUntil):
    """A box of one image pasted onto another, labels by area.

        x = x_b inside the box, x_a outside;    lam = 1 - area of the box inside the image / area of the image

    Before clipping at the border a box covers the share 1 - l, l ~ Beta(alpha, alpha), and its centre is uniform. Every
    sample has a box of its own and, with `prob`, a coin of its own.

    Shapes: images `[B, C, H, W]` of a floating type, whose type, device and memory format are kept; targets int64
    `[B]`; lam float32 `[B]`, the share of the label of x_a in the loss.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: > 0; 1 draws the area uniformly.
        prob: The probability that a sample is mixed.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range, or the inputs are tables.

    References:
        [1] Yun, Han, Oh, Chun, Choe, Yoo. CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
            Features. ICCV 2019, arXiv:1905.04899.

    >>> a, b = Batch(torch.ones(1, 1, 4, 4), torch.tensor([1])), Batch(torch.zeros(1, 1, 4, 4), torch.tensor([0]))
    >>> mixed = CutMix(prob=1.0)(a, b, torch.Generator().manual_seed(0))
    >>> bool(mixed.images.mean() == mixed.lam[0])
    True
    """

    def __init__(self, *, epochs: int = 1, alpha: float = 1.0, prob: float = 0.5, stop: float = 1.0) -> None:
        super().__init__(epochs=epochs, stop=stop)
        if not 0 < alpha < math.inf:
            raise errors.OptionError(f"Expected `alpha` to be > 0 and finite, but got {alpha}")
        if not 0 <= prob <= 1:
            raise errors.OptionError(f"Expected `prob` to be in [0, 1], but got {prob}")
        self.alpha = alpha
        self.prob = prob

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        if a.images.dim() != 4:
            shape = list(a.images.shape)
            raise errors.OptionError(
                f"Expected images [B, C, H, W] for cutmix, but got inputs {shape}; mixup takes tables"
            )
        return super().__call__(a, b, generator)

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        batch, _, height, width = a.images.shape
        share = 1 - sample_beta(self.alpha, self.alpha, batch, generator)
        share *= torch.rand(batch, generator=generator) < self.prob
        boxes, area = sample_boxes(share, height, width, generator)
        lam = (1 - area).to(a.images.device)
        return Mixed(paste(a.images, b.images, boxes), a.targets, b.targets, lam)
