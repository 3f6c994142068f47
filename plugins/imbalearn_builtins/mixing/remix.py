"""Remix."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.mixing.pair_share import PairShareMixup
from imbalearn_torch import errors

__all__ = ["Remix"]


class Remix(PairShareMixup):
    """Mixup in which a pair of a frequent and a rare class may belong to the rare one alone.

        x = mu x_a + (1 - mu) x_b,    mu ~ Beta(alpha, alpha), one for each sample

        lam = 0 if n_a / n_b >= kappa and mu < tau;  1 if n_a / n_b <= 1 / kappa and 1 - mu < tau;  else mu

    The rule holds for each pair and its own loss; with tau = 0 it is mixup.

    Shapes: images `[B, C, H, W]` or `[B, D]` of a floating type, whose type, device and memory format are kept;
    targets int64 `[B]`; lam float32 `[B]`, the share of the label of x_a in the loss.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: Epochs of the training, of which `stop` is a fraction.
        kappa: How many times more images the frequent class must have, >= 1.
        tau: The share in the picture below which the label of the frequent class is dropped, in [0, 1].
        alpha: > 0; 1 draws mu uniformly.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Chou, Chang, Pan, Wei, Juan. Remix: Rebalanced Mixup. ECCV Workshops 2020, arXiv:2007.03943.

    >>> Remix(class_counts=torch.tensor([30, 10])).label_share(torch.tensor([0.4, 0.6]), torch.tensor([3.0, 3.0]))
    tensor([0.0000, 0.6000])
    """

    def __init__(
        self,
        *,
        class_counts: Tensor,
        epochs: int = 1,
        kappa: float = 3.0,
        tau: float = 0.5,
        alpha: float = 1.0,
        stop: float = 1.0,
    ) -> None:
        super().__init__(class_counts=class_counts, epochs=epochs, alpha=alpha, stop=stop)
        if not kappa >= 1:
            raise errors.OptionError(f"Expected `kappa` to be >= 1, but got {kappa}")
        if not 0 <= tau <= 1:
            raise errors.OptionError(f"Expected `tau` to be in [0, 1], but got {tau}")
        self.kappa = kappa
        self.tau = tau

    def label_share(self, share: Tensor, ratio: Tensor) -> Tensor:
        first_is_dropped = (ratio >= self.kappa) & (share < self.tau)
        second_is_dropped = (ratio <= 1 / self.kappa) & (1 - share < self.tau)
        # With kappa = 1 a pair of equal counts may meet both conditions: the first one decides.
        return torch.where(first_is_dropped, 0.0, torch.where(second_is_dropped, 1.0, share))
