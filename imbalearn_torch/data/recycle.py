"""Memory that is used again: fresh pages cost several times what filling them costs."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

__all__ = ["Recycled"]

_MOST = 4  # blocks; a step has two batches alive
_ALIGNED = 64


@dataclass
class _Block:
    memory: np.ndarray
    user: weakref.ref[np.ndarray]  # what the storage of the last tensor in it holds


class Recycled:
    """Gives uninitialised CPU tensors in memory of its own, which it takes back once nothing refers to it any more."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []

    def empty(self, shape: tuple[int, ...], dtype: torch.dtype, memory_format: torch.memory_format) -> Tensor:
        """As `torch.empty` would."""
        used = self._array(math.prod(shape) * dtype.itemsize)
        if used is None:
            return torch.empty(shape, dtype=dtype, memory_format=memory_format)
        # The storage refers to the array, and so does all that is made from it, what autograd keeps included.
        flat = torch.from_numpy(used).view(dtype)
        if memory_format is torch.channels_last:
            batch, channels, height, width = shape
            return flat.view(batch, height, width, channels).permute(0, 3, 1, 2)
        return flat.view(shape)

    def _array(self, nbytes: int) -> np.ndarray | None:
        """So many bytes; None: there are enough blocks, and all are in use."""
        block = next((each for each in self._blocks if each.user() is None and len(each.memory) >= nbytes), None)
        if block is None:
            self._blocks = [each for each in self._blocks if each.user() is not None]  # the others are too small
            if len(self._blocks) == _MOST:
                return None
            raw = np.empty(nbytes + _ALIGNED, dtype=np.uint8)
            start = -raw.ctypes.data % _ALIGNED
            block = _Block(raw[start : start + nbytes], lambda: None)  # pyright: ignore[reportArgumentType]
            self._blocks.append(block)
        used = block.memory[:nbytes]
        block.user = weakref.ref(used)
        return used
