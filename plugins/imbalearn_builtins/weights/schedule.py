"""Class weights as a function of the epoch: what all schemes of this folder share."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_torch import errors

__all__ = ["ClassWeights", "counts_of"]


def counts_of(class_counts: Tensor) -> Tensor:
    """Class counts in float64, so that formulas lose nothing.

    Args:
        class_counts: Images of each class, >= 0, `[K]`.

    Raises:
        DataError: They are no vector of finite numbers >= 0.
    """
    counts = torch.as_tensor(class_counts, dtype=torch.float64, device="cpu")
    if counts.ndim != 1 or not bool((counts.isfinite() & (counts >= 0)).all()):
        raise errors.DataError(f"Expected a count >= 0 for each class, but got {counts.tolist()}")
    return counts


class ClassWeights:
    """Given class weights from a fraction of training on, weight 1 before it; the base of the schemes.

    From `start` on, the weights of present classes are scaled to sum to the number of present classes. An absent class
    always has weight 0.

    Args:
        counts: Images of each class, float64 `[K]`.
        values: What the weights are proportional to, float64 `[K]`, > 0 where a class is present.
        epochs: The length of training; needed where `start` > 0.
        start: The fraction of training, in [0, 1]; the first epoch with the weights is `round(start * epochs)`.

    Raises:
        OptionError: `start` is outside its range, or `epochs` is missing.
    """

    def __init__(self, counts: Tensor, values: Tensor, *, epochs: int | None = None, start: float = 0.0) -> None:
        if not 0 <= start <= 1:
            raise errors.OptionError(f"Expected `start` to be in [0, 1], but got {start}")
        if start and epochs is None:
            raise errors.OptionError(f"Expected `epochs` together with `start`, but got start={start} alone")
        present = counts > 0
        values = torch.where(present, values, 0.0)
        # The maximum keeps 0 / 0 out where no class is present.
        scaled = values * (present.sum() / values.sum().clamp_min(torch.finfo(values.dtype).tiny))
        self.first_epoch = round(start * (epochs or 0))
        self._before = present.float()
        self._after = scaled.float()

    def __call__(self, epoch: int) -> Tensor:
        """The weights of one epoch, counted from 0: float32 `[K]` on the CPU."""
        return (self._after if epoch >= self.first_epoch else self._before).clone()
