"""Every picture of a data set looked at once: which cannot be read, and which are the same, pixel by pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imbalearn_torch.data.rows import Rows, read_image
from imbalearn_torch.data.workers import Decoder, worker_failures

__all__ = ["Look", "look_at"]

_DIGEST, _SHAPE = 16, 12  # bytes
_BATCH = 64
_FEW = 512  # images that are read before a worker process would have started


@dataclass(frozen=True)
class Look:
    """What was seen of some samples of one part.

    Args:
        digests: One a sample, of its shape and values; None where it cannot be read.
        shapes: One a sample; None as in `digests`.
        problems: By position, why a sample cannot be read.
    """

    digests: tuple[bytes | None, ...]
    shapes: tuple[tuple[int, ...] | None, ...]
    problems: dict[int, str]


class _Digested:
    """Map-style: a sample's shape and the digest of its values, as the bytes of an image of one row."""

    shape = (1, 1, _SHAPE + _DIGEST)

    def __init__(self, inputs: Any) -> None:
        self.inputs = inputs

    def __getitem__(self, row: int) -> Tensor:
        image, _ = read_image(self.inputs, row)
        return torch.zeros(self.shape, dtype=torch.uint8) if image is None else _digest(image).view(self.shape)

    @property
    def row_bytes(self) -> int:
        return int(getattr(self.inputs, "row_bytes", 0))

    def read_ahead(self, rows: np.ndarray) -> None:
        self.inputs.read_ahead(rows)


def _digest(sample: Tensor) -> Tensor:
    """uint8 `[28]`: three sizes of four bytes, and a digest."""
    sizes = [*sample.shape, 0, 0][:3]
    values = hashlib.blake2b(np.ascontiguousarray(sample.numpy()).tobytes(), digest_size=_DIGEST).digest()
    return torch.frombuffer(
        bytearray(b"".join(size.to_bytes(4, "little") for size in sizes) + values), dtype=torch.uint8
    )


def look_at(inputs: Any, indices: Tensor, workers: int) -> Look:
    """Read every one of these samples once; none is kept.

    Args:
        inputs: uint8 `[N, C, H, W]`, float32 `[N, D]`, or a map-style object whose `[i]` gives uint8 `[C, H, W]`.
        indices: Which, int64 `[n]`.
        workers: Processes; 0: this one. Few images are read in this one.

    Raises:
        DataError: A worker has died.
    """
    if isinstance(inputs, Tensor):
        found = [_digest(inputs[row]).numpy().tobytes() for row in indices.tolist()]
    else:
        found = [row.tobytes() for batch in _digests(inputs, indices, workers) for row in batch.numpy()]
    empty = bytes(_SHAPE + _DIGEST)
    problems = {
        position: read_image(inputs, int(indices[position]))[1] or "it could not be read a first time"
        for position, each in enumerate(found)
        if each == empty
    }
    return Look(
        tuple(None if each == empty else each for each in found),
        tuple(None if each == empty else _shape(each) for each in found),
        problems,
    )


def _shape(found: bytes) -> tuple[int, ...]:
    sizes = (int.from_bytes(found[start : start + 4], "little") for start in range(0, _SHAPE, 4))
    return tuple(size for size in sizes if size)


@worker_failures()
def _digests(inputs: Any, indices: Tensor, workers: int) -> list[Tensor]:
    rows = Rows(_Digested(inputs), indices, _Digested.shape)
    decoder = Decoder(rows, workers if indices.numel() > _FEW else 0)
    try:
        return list(_flat(decoder.batches(torch.arange(indices.numel()).split(_BATCH))))
    finally:
        decoder.close()


def _flat(batches: Iterator[Tensor]) -> Iterator[Tensor]:
    for batch in batches:
        yield batch.flatten(1).clone()  # out of the shared memory of a worker, of which there is little
