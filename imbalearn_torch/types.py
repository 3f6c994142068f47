"""The records that components exchange. Importing this module costs nothing: torch is named in annotations only.

Letters: N images of a data set, B of a batch, K classes, C channels, H and W pixels, D features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Batch", "Dataset", "Mixed", "Outputs", "Samples"]


class Batch(NamedTuple):
    """Images with one label each.

    Args:
        images: Float, augmented and normalised, `[B, C, H, W]` (or `[B, D]` for tables), on the training device.
        targets: int64 `[B]`.
    """

    images: Tensor
    targets: Tensor


class Mixed(NamedTuple):
    """Images of two labels each.

    Args:
        images: As in `Batch`.
        targets_a: int64 `[B]`.
        targets_b: int64 `[B]`.
        lam: float32 `[B]` in [0, 1], the share of `targets_a` in the loss of each sample.
    """

    images: Tensor
    targets_a: Tensor
    targets_b: Tensor
    lam: Tensor


class Samples(NamedTuple):
    """One part of a data set.

    Args:
        inputs: uint8 `[N, C, H, W]`, or float32 `[N, D]`, or a map-style object whose `[i]` gives uint8 `[C, H, W]`.
        targets: int64 `[N]`, known without decoding an image.
    """

    inputs: Any
    targets: Tensor


class Outputs(NamedTuple):
    """What a trained network says of one part of the data. On the CPU, float32.

    Args:
        logits: `[N, K]`.
        features: `[N, D]`, the penultimate features, or None where they were not asked for.
        targets: int64 `[N]`.
    """

    logits: Tensor
    features: Tensor | None
    targets: Tensor


@dataclass(frozen=True)
class Dataset:
    """What a data set factory returns.

    Args:
        train: The training part, before validation is cut from it.
        test: The test part; None: 20 % of `train` are cut, stratified, with a fixed seed.
        classes: Names, in the order of the labels.
        validation: A validation part of the data set's own, used instead of cutting one.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`.
        augment: The default of `--augment` for these data.
        imbalance: The default of `--imbalance` for these data.
    """

    train: Samples
    test: Samples | None
    classes: tuple[str, ...]
    validation: Samples | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    augment: str = "none"
    imbalance: str = "none"
