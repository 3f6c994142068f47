"""Mixup whose labels do not have the shares of the pictures. What the mixes that look at class counts share."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_builtins.weights.schedule import counts_of
from imbalearn_torch import Batch, Mixed

__all__ = ["PairShareMixup"]


class PairShareMixup(Mixup, ABC):
    """Mixes images as mixup does, and gives the labels of each pair shares that depend on the counts of their classes.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: Of the share in the picture, Beta(alpha, alpha); > 0.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: `alpha` or `stop` is outside its range.
        DataError: The counts are no vector of numbers >= 0.
    """

    def __init__(self, *, class_counts: Tensor, epochs: int, alpha: float, stop: float) -> None:
        super().__init__(epochs=epochs, alpha=alpha, stop=stop)
        # No image has the label of an absent class, but nothing divides by 0 either. Not float64: some devices lack it.
        self.class_counts = counts_of(class_counts).clamp_min(1).float()

    @abstractmethod
    def label_share(self, share: Tensor, ratio: Tensor) -> Tensor:
        """The share of the first label of each pair in the loss, float32 `[B]` in [0, 1].

        Args:
            share: Of the first image in the picture, `[B]`.
            ratio: n of the first label / n of the second, `[B]`.
        """

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        mixed = super().mix(a, b, generator)
        counts = self.class_counts.to(mixed.lam.device)
        ratio = counts[a.targets] / counts[b.targets]
        return mixed._replace(lam=self.label_share(mixed.lam, ratio))
