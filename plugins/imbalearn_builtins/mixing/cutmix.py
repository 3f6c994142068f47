"""CutMix."""

from __future__ import annotations

import torch

from imbalearn_builtins.mixing.boxes import BoxMix, paste
from imbalearn_builtins.ranges import check_positive
from imbalearn_torch import Batch, Mixed, errors, sample_beta, sample_boxes

__all__ = ["CutMix"]


class CutMix(BoxMix):
    """A box of one image pasted onto another, labels by area.

        x = x_b inside the box, x_a outside;    lam = 1 - area of the box inside the image / area of the image

    Before clipping at the border a box covers a share ~ Beta(alpha, alpha) of the image, and its centre is uniform.
    Every sample has a box of its own and, with `prob`, a coin of its own.

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
        if not 0 <= prob <= 1:
            raise errors.OptionError(f"Expected `prob` to be in [0, 1], but got {prob}")
        self.alpha = check_positive("alpha", alpha)
        self.prob = prob

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        batch, _, height, width = a.images.shape
        share = sample_beta(self.alpha, self.alpha, batch, generator)
        share *= torch.rand(batch, generator=generator) < self.prob
        boxes, area = sample_boxes(share, height, width, generator)
        lam = (1 - area).to(a.images.device)
        return Mixed(paste(a.images, b.images, boxes), a.targets, b.targets, lam)
