"""Mixup and CutMix, in turns."""

from __future__ import annotations

import torch

from imbalearn_builtins.mixing.boxes import BoxMix, paste
from imbalearn_builtins.mixing.mixup import blend
from imbalearn_builtins.ranges import check_positive
from imbalearn_torch import Batch, Mixed, errors, sample_beta, sample_boxes

__all__ = ["MixupCutMix"]


class MixupCutMix(BoxMix):
    """Mixup or CutMix, by a coin of each sample.

        CutMix:  x = x_b inside the box, x_a outside,  lam = 1 - area of the box inside the image / area of the image
        mixup:   x = lam x_a + (1 - lam) x_b,          lam ~ Beta(alpha, alpha)

    Every sample is mixed, in one way or the other. Coin, lam and box are drawn for each sample, not for the whole batch
    as in timm.

    Shapes: images `[B, C, H, W]` of a floating type, whose type, device and memory format are kept; targets int64
    `[B]`; lam float32 `[B]`, the share of the label of x_a in the loss.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: Of mixup, > 0.
        cutmix_alpha: Of CutMix: before clipping a box covers a share ~ Beta(cutmix_alpha, cutmix_alpha); > 0.
        prob: The probability of CutMix; 0: mixup alone, 1: CutMix alone.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range, or the inputs are tables.

    References:
        [1] Zhang, Cisse, Dauphin, Lopez-Paz. mixup: Beyond Empirical Risk Minimization. ICLR 2018, arXiv:1710.09412.
        [2] Yun, Han, Oh, Chun, Choe, Yoo. CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
            Features. ICCV 2019, arXiv:1905.04899.

    >>> a, b = Batch(torch.ones(1, 1, 4, 4), torch.tensor([1])), Batch(torch.zeros(1, 1, 4, 4), torch.tensor([0]))
    >>> mixed = MixupCutMix()(a, b, torch.Generator().manual_seed(0))
    >>> bool(mixed.images.mean() == mixed.lam[0])
    True
    """

    def __init__(
        self,
        *,
        epochs: int = 1,
        alpha: float = 1.0,
        cutmix_alpha: float = 1.0,
        prob: float = 0.5,
        stop: float = 1.0,
    ) -> None:
        super().__init__(epochs=epochs, stop=stop)
        if not 0 <= prob <= 1:
            raise errors.OptionError(f"Expected `prob` to be in [0, 1], but got {prob}")
        self.alpha = check_positive("alpha", alpha)
        self.cutmix_alpha = check_positive("cutmix_alpha", cutmix_alpha)
        self.prob = prob

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        batch, _, height, width = a.images.shape
        cut = torch.rand(batch, generator=generator) < self.prob
        lam = torch.where(cut, 1.0, sample_beta(self.alpha, self.alpha, batch, generator))
        share = cut * sample_beta(self.cutmix_alpha, self.cutmix_alpha, batch, generator)
        boxes, area = sample_boxes(share, height, width, generator)
        images = paste(blend(a.images, b.images, lam.to(a.images.device)), b.images, boxes)
        # Of the two shares of x_b one is 0.
        return Mixed(images, a.targets, b.targets, (lam - area).to(a.images.device))
