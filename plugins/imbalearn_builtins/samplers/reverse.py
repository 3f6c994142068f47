"""The rarest class most often."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from imbalearn_builtins.samplers.power import PowerSampler

__all__ = ["ReverseSampler"]


class ReverseSampler(PowerSampler):
    """Draws classes in inverse proportion to their counts, then one image of the class.

        p_c = (1 / n_c) / sum of 1 / n_k over the present classes k

    It goes beyond `balanced`: an image of a class has the chance 1 / n_c^2.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        start: Before epoch `round(start * epochs)` it draws as `instance`.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].

    References:
        [1] Zhou, Cui, Wei, Chen. BBN: Bilateral-Branch Network with Cumulative Learning for Long-Tailed Visual
            Recognition. CVPR 2020, arXiv:1912.02413.

    >>> ReverseSampler(targets=[0, 0, 0, 1]).class_distribution(0).tolist()
    [0.25, 0.75]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        super().__init__(
            targets=targets, num_classes=num_classes, epochs=epochs, q=-1.0, start=start, epoch_size=epoch_size
        )
