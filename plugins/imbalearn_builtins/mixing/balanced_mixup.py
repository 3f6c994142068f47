"""Balanced-MixUp."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_torch import sample_beta

__all__ = ["BalancedMixup"]


class BalancedMixup(Mixup):
    """Convex combinations of images as they come and of images drawn class by class.

        x = lam x_a + (1 - lam) x_b,    lam ~ Beta(1, alpha), one for each sample

    x_a is what the sampler of the run draws, `instance` unless it names another; x_b is drawn by the sampler
    `balanced`. The mean of lam is 1 / (1 + alpha). Not to be confused with mixup under the sampler `balanced`, which
    practitioners call balanced mixup too: there both images are drawn class by class, and lam is symmetric.

    Shapes: images `[B, C, H, W]` or `[B, D]` of a floating type, whose type, device and memory format are kept;
    targets int64 `[B]`; lam float32 `[B]`, the share of x_a in the picture and of its label in the loss.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: > 0; the larger, the more of the class-balanced images.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on, and only x_a are seen.

    Raises:
        OptionError: An option is outside its range.

    References:
        [1] Galdran, Carneiro, González Ballester. Balanced-MixUp for Highly Imbalanced Medical Image Classification.
            MICCAI 2021, arXiv:2109.09850.

    >>> from imbalearn_torch import Batch
    >>> a, b = Batch(torch.ones(1, 1), torch.tensor([1])), Batch(torch.zeros(1, 1), torch.tensor([0]))
    >>> mixed = BalancedMixup()(a, b, torch.Generator().manual_seed(0))
    >>> bool(mixed.images[0, 0] == mixed.lam[0])
    True
    """

    partner = "balanced"

    def __init__(self, *, epochs: int = 1, alpha: float = 0.2, stop: float = 1.0) -> None:
        super().__init__(epochs=epochs, alpha=alpha, stop=stop)

    def share(self, size: int, generator: torch.Generator) -> Tensor:
        return sample_beta(1.0, self.alpha, size, generator)
