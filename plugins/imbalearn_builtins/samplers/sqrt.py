"""Between the plain epoch and the balanced one."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from imbalearn_builtins.samplers.power import PowerSampler

__all__ = ["SqrtSampler"]


class SqrtSampler(PowerSampler):
    """Draws classes in proportion to the square root of their counts, then one image of the class.

        p_c = n_c^0.5 / sum_k n_k^0.5

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
        [1] Mahajan, Girshick, Ramanathan, He, Paluri, Li, Bharambe, van der Maaten. Exploring the Limits of Weakly
            Supervised Pretraining. ECCV 2018, arXiv:1805.00932.

    >>> SqrtSampler(targets=[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).class_distribution(0).tolist()
    [0.75, 0.25]
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
            targets=targets, num_classes=num_classes, epochs=epochs, q=0.5, start=start, epoch_size=epoch_size
        )
