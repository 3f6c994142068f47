"""Inverse effective numbers of samples."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from imbalearn_builtins.weights.schedule import ClassWeights, counts_of
from imbalearn_torch import errors

__all__ = ["EffectiveWeights", "inverse_effective_number"]


def inverse_effective_number(counts: Tensor, beta: float) -> Tensor:
    """1 / (1 - beta^n), the inverse effective number but for the factor 1 - beta, which is the same for all classes.

    Args:
        counts: Images of each class, n, float64 `[K]`; what becomes of a count of 0 is not to be used.
        beta: How much a further image of a class counts, in [0, 1).

    Raises:
        OptionError: `beta` is outside its range.
    """
    if not 0 <= beta < 1:
        raise errors.OptionError(f"Expected `beta` to be in [0, 1), but got {beta}")
    log_beta = math.log(beta) if beta > 0 else -math.inf
    return -1 / torch.expm1(counts * log_beta)  # expm1 keeps the digits of 1 - beta^n


class EffectiveWeights(ClassWeights):
    """Class weights in inverse proportion to the effective number of samples.

        w_c ~ 1 / E_c,  E_c = (1 - beta^n_c) / (1 - beta);  0 where n_c = 0;
        scaled to sum to the number of present classes

    With beta = 0 every present class has weight 1; towards beta = 1 the weights approach those of `inverse`. With
    `start` > 0 this is deferred re-weighting (DRW) [2].

    Returns, when called with an epoch: float32 `[K]` on the CPU.

    Args:
        class_counts: Images of each class, n, `[K]`.
        epochs: The length of training; needed where `start` > 0.
        beta: How much a further image of a class counts, in [0, 1).
        start: The fraction of training before which every present class has weight 1, in [0, 1].

    Raises:
        OptionError: `beta` or `start` is outside its range, or `epochs` is missing.
        DataError: The counts are no vector of numbers >= 0.

    References:
        [1] Cui, Jia, Lin, Song, Belongie. Class-Balanced Loss Based on Effective Number of Samples. CVPR 2019,
            arXiv:1901.05555.
        [2] Cao, Wei, Gaidon, Arechiga, Ma. Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss.
            NeurIPS 2019, arXiv:1906.07413.

    >>> EffectiveWeights(class_counts=torch.tensor([2, 1, 0]), beta=0.5)(0)  # E = 1.5 and 1
    tensor([0.8000, 1.2000, 0.0000])
    """

    def __init__(
        self, *, class_counts: Tensor, epochs: int | None = None, beta: float = 0.9999, start: float = 0.0
    ) -> None:
        counts = counts_of(class_counts)
        super().__init__(counts, inverse_effective_number(counts, beta), epochs=epochs, start=start)
