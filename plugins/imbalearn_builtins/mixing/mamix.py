"""Margin-aware mixup."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from imbalearn_builtins.mixing.pair_share import PairShareMixup
from imbalearn_torch import errors

__all__ = ["MAMix"]


class MAMix(PairShareMixup):
    """Mixup in which the rare class of a pair keeps its label further towards the frequent one: a larger margin.

        x = mu x_a + (1 - mu) x_b,    mu ~ Beta(alpha, alpha), one for each sample

        lam = 1 - l / (2 m) if l < m, else (1 - l) / (2 (1 - m)),  l = 1 - mu,  m = n_a^power / (n_a^power + n_b^power)

    lam is 1/2 where x_b has the share m of the picture. With power = 0, or equal counts, m = 1/2 and it is mixup.

    Shapes: images `[B, C, H, W]` or `[B, D]` of a floating type, whose type, device and memory format are kept;
    targets int64 `[B]`; lam float32 `[B]`, the share of the label of x_a in the loss.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: Epochs of the training, of which `stop` is a fraction.
        power: Of the counts, finite; below 0 the rare class has the larger margin.
        alpha: > 0; 1 draws mu uniformly.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Cheng, Mai, Lin. From SMOTE to Mixup for Deep Imbalanced Classification. TAAI 2023, arXiv:2308.15457.

    >>> mix = MAMix(class_counts=torch.tensor([16, 1]))  # m = 0.5 / (0.5 + 1) = 1/3 where the frequent class is first
    >>> mix.label_share(torch.tensor([1 / 3, 2 / 3, 1.0]), torch.tensor([16.0, 16.0, 16.0]))
    tensor([0.2500, 0.5000, 1.0000])
    """

    def __init__(
        self,
        *,
        class_counts: Tensor,
        epochs: int = 1,
        power: float = -0.25,
        alpha: float = 1.0,
        stop: float = 1.0,
    ) -> None:
        super().__init__(class_counts=class_counts, epochs=epochs, alpha=alpha, stop=stop)
        if not math.isfinite(power):
            raise errors.OptionError(f"Expected `power` to be finite, but got {power}")
        self.power = power

    def label_share(self, share: Tensor, ratio: Tensor) -> Tensor:
        # n_a^p / (n_a^p + n_b^p) is the sigmoid of p log(n_a / n_b), which cannot overflow; 1 - m has its own, so that
        # no digits are lost where m is near 1. The floor is for powers at which one of the two underflows.
        exponent = self.power * ratio.log()
        tiny = torch.finfo(exponent.dtype).tiny
        ours, theirs = (torch.sigmoid(each).clamp_min(tiny) for each in (exponent, -exponent))
        return torch.where(share > theirs, 1 - (1 - share) / (2 * ours), share / (2 * theirs))
