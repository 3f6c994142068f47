"""Any distribution over classes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_builtins.samplers.class_draw import ClassDraw
from imbalearn_torch import errors

__all__ = ["WeightedSampler"]


class WeightedSampler(ClassDraw):
    """Draws classes in proportion to given weights, then one image of the class.

        p_c = w_c / sum of w_k over the present classes k

    The weights are of classes, whatever their counts, not of images.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the number of weights.
        epochs: Epochs of the training, of which `start` is a fraction.
        weights: One a class, K numbers >= 0; a class of weight 0 is never drawn.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, `start` outside [0, 1], or the weights are not K finite numbers >= 0 of
            which that of a present class is > 0.

    >>> WeightedSampler(targets=[0, 0, 0, 1], weights=(1, 3)).class_distribution(0).tolist()
    [0.25, 0.75]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        weights: tuple[float, ...],
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        classes = len(weights) if num_classes is None else num_classes
        if len(weights) != classes:
            raise errors.OptionError(f"Expected `weights` to be {classes} numbers, one a class, but got {len(weights)}")
        for weight in weights:
            if not 0 <= weight < math.inf:
                raise errors.OptionError(f"Expected `weights` to be finite and >= 0, but got {weight}")
        super().__init__(targets=targets, num_classes=classes, epochs=epochs, start=start, epoch_size=epoch_size)
        self.weights = torch.tensor(weights, dtype=torch.float64)
        if not bool((self.weights[self.class_counts > 0] > 0).any()):
            raise errors.OptionError(
                f"Expected `weights` to be > 0 for a class that has images, but got {list(weights)}"
            )

    def class_mass(self, epoch: int) -> Tensor:
        return self.weights
