"""Data larger than memory: images are decoded in worker processes in the order of the epoch's plan.

Augmentation, normalisation and mixing are those of data in memory, from the same draws; so both train the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.workers import Decoder

__all__ = ["StreamLoader"]


class StreamLoader(Loader):
    """Batches of one part of the data, decoded shortly before they are needed.

    Args:
        rows: What to read.
        targets: int64 `[N]`.
        workers: Processes that decode; 0: this one.
        how: As `Loader` has it: mean, std, augment, device, dtype, channels_last.
    """

    def __init__(self, rows: Rows, targets: Tensor, *, workers: int, **how: Any) -> None:
        super().__init__(targets, rows.shape, **how)
        self._rows, self._workers = rows, workers
        self._pinned = self.targets.device.type == "cuda"
        self._decoder: Decoder | None = None
        self._ready: Iterator[tuple[Tensor, Tensor]] = iter(())

    def follow(self, plans: Sequence[Tensor], start: int) -> None:
        """Decode what an epoch is going to ask for, from a step on; nothing before it is touched."""
        if self._decoder is None:
            self._decoder = Decoder(self._rows, self._workers, pinned=self._pinned, lasting=True)
        wanted = torch.stack(tuple(plans), dim=1)[start:].flatten(0, 1)
        self._ready = zip(wanted, self._decoder.batches(wanted), strict=True)

    def close(self) -> None:
        """Let the workers go."""
        self._ready = iter(())
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = None

    def _images(self, indices: Tensor) -> Tensor:
        try:
            planned, images = next(self._ready, (None, None))
        except BaseException:
            self.close()  # not when the traceback, which refers to everything here, is forgotten one day
            raise
        if planned is None or images is None or not torch.equal(planned, indices):
            # Somebody asks for a batch outside the plan, which is then of no more use.
            self._ready, images = iter(()), self._rows.read(indices.numpy())
        return self._moved(images)

    def _in_order(self, batch_size: int) -> Iterator[Tensor]:
        decoder = Decoder(self._rows, self._workers, pinned=self._pinned)
        yield from map(self._moved, decoder.batches(torch.arange(len(self)).split(batch_size)))

    def _moved(self, images: Tensor) -> Tensor:
        return images.to(self.targets.device, non_blocking=True)
