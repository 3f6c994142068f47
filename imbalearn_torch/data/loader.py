"""Small data as one tensor on the device: a batch is an index, its augmentation and its normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.data.rows import Rows

__all__ = ["MemoryLoader"]


class MemoryLoader(Loader):
    """Batches of one part of the data, all of which lies in the device's memory.

    Args:
        inputs: uint8 `[N, C, H, W]` or float32 `[N, D]`; or rows of such a tensor, which the parts of a data set share:
            on the CPU nothing is copied, on another device only the rows.
        targets: int64 `[N]`.
        how: As `Loader` has it: mean, std, augment, device, dtype, channels_last.
    """

    def __init__(self, inputs: Tensor | Rows, targets: Tensor, **how: Any) -> None:
        super().__init__(targets, inputs.shape if isinstance(inputs, Rows) else tuple(inputs.shape[1:]), **how)
        if isinstance(inputs, Rows) and self.targets.device.type != "cpu":
            inputs = inputs.read(np.arange(len(inputs)))
        self.inputs = inputs if isinstance(inputs, Rows) else inputs.to(self.targets.device)

    def _images(self, indices: Tensor) -> Tensor:
        if isinstance(self.inputs, Rows):
            return self.inputs.read(indices.numpy())
        return self.inputs.index_select(0, indices.to(self.inputs.device, non_blocking=True))

    def _in_order(self, batch_size: int) -> Iterator[Tensor]:
        yield from self.inputs.split(batch_size)
