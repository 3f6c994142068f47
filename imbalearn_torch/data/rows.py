"""Samples that are decoded when they are asked for, in this process or in another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import default_collate

from imbalearn_torch.errors import DataError

__all__ = ["Rows", "read_image"]

_NAMED = 10


def read_image(inputs: Any, row: int) -> tuple[Tensor | None, str]:
    """One image of a map-style object, or why there is none."""
    try:
        image = torch.as_tensor(inputs[row])
    except DataError as error:
        return None, str(error)
    except Exception as error:
        return None, f"image {row}: {type(error).__name__}: {error}"
    if image.dtype != torch.uint8 or image.dim() != 3:
        return None, f"image {row}: expected uint8 [C, H, W], but got {image.dtype} {list(image.shape)}"
    return image, ""


class Rows:
    """Some samples of one part of a data set, of which no copy is held in memory.

    Args:
        inputs: uint8 `[N, C, H, W]`, float32 `[N, D]`, or a map-style object whose `[i]` gives uint8 `[C, H, W]`. One
            that reads its rows faster in their own order has `row_bytes`, how many bytes it keeps for a row, and
            `read_ahead(rows)`, called with the rows, ascending, that are going to be asked for.
        indices: Which, int64 `[n]`.
        shape: Of each sample.
    """

    def __init__(self, inputs: Any, indices: Tensor, shape: tuple[int, ...]) -> None:
        self.inputs, self.shape = inputs, shape
        self._indices = indices.numpy()

    def __len__(self) -> int:
        return len(self._indices)

    def part(self, chosen: slice) -> Rows:
        """Some of them, in their order."""
        return Rows(self.inputs, torch.from_numpy(self._indices[chosen]), self.shape)

    def split(self, size: int) -> Iterator[Tensor]:
        """All samples in their order, at most so many at a time, as `Tensor.split` gives those of a tensor."""
        for start in range(0, len(self), size):
            yield self.read(np.arange(start, min(start + size, len(self))))

    @property
    def is_decoded(self) -> bool:
        """Whether reading is an index into a tensor."""
        return isinstance(self.inputs, Tensor)

    @property
    def row_bytes(self) -> int:
        """What a row takes that is read ahead; 0: nothing is."""
        return int(getattr(self.inputs, "row_bytes", 0))

    def read_ahead(self, positions: np.ndarray) -> None:
        """Get ready for `read` at these positions, in whatever order."""
        self.inputs.read_ahead(np.unique(self._indices[positions]))

    def read(self, positions: np.ndarray) -> Tensor:
        """The samples at these positions, each decoded once however often it is asked for.

        Returns:
            uint8 `[B, C, H, W]` or float32 `[B, D]`; in a worker process in shared memory.

        Raises:
            DataError: A sentence for each of the first ten that cannot be used.
        """
        rows = self._indices[positions]
        if self.is_decoded:
            return self.inputs.index_select(0, torch.from_numpy(rows))
        distinct, place = np.unique(rows, return_inverse=True)
        images, problems = [], []
        for row in distinct.tolist():
            image, problem = read_image(self.inputs, row)
            if image is not None and tuple(image.shape) != self.shape:
                image, problem = None, f"image {row} is {list(image.shape)}, but others are {list(self.shape)}"
            images.append(image)
            problems += [problem] if image is None else []
        if problems:
            raise DataError("\n".join(problems[:_NAMED]))
        return _stacked([images[number] for number in place.tolist()])


def _stacked(images: list[Tensor]) -> Tensor:
    """One tensor of all, in the memory format that they have; torch.stack would always turn it to the default one."""
    if images[0].dim() == 3 and not images[0].is_contiguous():
        return default_collate([image.movedim(0, -1) for image in images]).movedim(-1, 1)
    return default_collate(images)
