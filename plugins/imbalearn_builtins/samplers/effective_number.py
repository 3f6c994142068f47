"""By the effective number of samples."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from imbalearn_builtins.samplers.class_draw import ClassDraw
from imbalearn_builtins.weights.effective import inverse_effective_number

__all__ = ["EffectiveNumberSampler"]


class EffectiveNumberSampler(ClassDraw):
    """Draws images in inverse proportion to the effective number of samples of their class.

        p_c ~ n_c / E_c,  E_c = (1 - beta^n_c) / (1 - beta)

    With beta = 0 classes have their share of the images, towards beta = 1 they are balanced.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        beta: How much a further image of a class counts, in [0, 1).
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `beta` or `start` outside its range.

    References:
        [1] Cui, Jia, Lin, Song, Belongie. Class-Balanced Loss Based on Effective Number of Samples. CVPR 2019,
            arXiv:1901.05555.

    >>> EffectiveNumberSampler(targets=[0, 0, 1], beta=0.5).class_distribution(0)  # 2 / 1.5 to 1 / 1
    tensor([0.5714, 0.4286], dtype=torch.float64)
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        beta: float = 0.9999,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        super().__init__(targets=targets, num_classes=num_classes, epochs=epochs, start=start, epoch_size=epoch_size)
        counts = self.class_counts.double()
        self.mass = counts * inverse_effective_number(counts, beta)

    def class_mass(self, epoch: int) -> Tensor:
        return self.mass
