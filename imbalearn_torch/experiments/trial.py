"""Two black images through augmentation and mix: what does not fit the data is refused before the first step."""

from __future__ import annotations

from typing import Any

import torch

from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.training.mixing import mix_batches
from imbalearn_torch.types import Batch

__all__ = ["trial_batch", "try_mix"]


def trial_batch(data: OpenData) -> Batch:
    """Two black images, or two rows of zeros, augmented as those of the run will be.

    Raises:
        OptionError: The augmentation does not fit these images.
    """
    shape = data.input_shape
    is_image = len(shape) == 3
    columns = (0.0,) * shape[0], (1.0,) * shape[0]
    loader = MemoryLoader(
        torch.zeros(2, *shape, dtype=torch.uint8 if is_image else torch.float32),
        data.targets[:1].repeat(2),
        mean=columns[0],
        std=columns[1],
        augment=data.augmentation(columns[0]),
        device=torch.device("cpu"),
    )
    return loader.batch(torch.arange(2), loader.draw(2, torch.Generator().manual_seed(0)))


def try_mix(mix: Any, batch: Batch) -> None:
    """Mix a batch with itself, as at the beginning of the run; a mix of hidden activations is not tried.

    Raises:
        ImbalearnError: The mix refuses such data, or what it returns is no mixed batch.
    """
    if mix is None or getattr(mix, "hidden", False):
        return
    if hasattr(mix, "set_epoch"):
        mix.set_epoch(0)
    mix_batches(mix, batch, batch, torch.Generator().manual_seed(0))
