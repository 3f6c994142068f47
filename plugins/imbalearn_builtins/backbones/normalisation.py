"""`normalize=model`: the mean and standard deviation that published weights were trained with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imbalearn_torch import errors

__all__ = ["normalize_as"]


def normalize_as(backbone: Any, mean: Sequence[float] | None, std: Sequence[float] | None, in_channels: int) -> None:
    """Tell the engine, by the attributes `input_mean` and `input_std`, how this backbone wants its images.

    Args:
        backbone: Changed in place.
        mean: One number a channel on the 0..1 scale; None: the library does not say.
        std: As `mean`.
        in_channels: C.

    Raises:
        OptionError: Nothing is known, or the images have other channels.
    """
    if mean is None or std is None or not len(mean) == len(std) == in_channels:
        known = "nothing is known" if mean is None or std is None else f"it is for {len(mean)} channels"
        raise errors.OptionError(
            f"Expected a normalisation of {in_channels} channels for normalize=model, but {known}; use normalize=data"
        )
    backbone.input_mean, backbone.input_std = tuple(map(float, mean)), tuple(map(float, std))
