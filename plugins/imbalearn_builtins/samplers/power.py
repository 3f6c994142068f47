"""A power of the class counts: from the plain epoch to the balanced one, and beyond."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_builtins.samplers.class_draw import ClassDraw
from imbalearn_torch import errors

__all__ = ["PowerSampler"]


class PowerSampler(ClassDraw):
    """Draws classes in proportion to a power of their counts, then one image of the class.

        p_c = n_c^q / sum of n_k^q over the present classes k

    With q = 1 classes have their share of the images (drawn one by one, not as a permutation), q = 0.5 is `sqrt`, q = 0
    `balanced` and q = -1 `reverse`.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        q: The exponent, any finite number.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `q` is not finite, `epoch_size` below 1, or `start` outside [0, 1].

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.

    >>> PowerSampler(targets=[0, 0, 1], q=2.0).class_distribution(0).tolist()
    [0.8, 0.2]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        q: float = 0.5,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        if not math.isfinite(q):
            raise errors.OptionError(f"Expected `q` to be finite, but got {q}")
        super().__init__(targets=targets, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size)
        self.q = q

    def class_mass(self, epoch: int) -> Tensor:
        counts = self.class_counts.double()
        present = counts[counts > 0]
        # Relative to the class that is drawn most, so that no power overflows.
        return torch.pow(counts / (present.max() if self.q > 0 else present.min()), self.q)
