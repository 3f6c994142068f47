"""Decoding in worker processes: what they are told, how they start and leave, and what a dead one means."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from imbalearn_torch.data.memory import available_memory
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.errors import DataError

__all__ = ["Decoder", "worker_failures"]

_AHEAD = 8  # an eighth of the memory that is left, for what workers read ahead
_MOST_AHEAD = 2**30  # bytes of one worker


class Decoder:
    """Decodes batches of rows in the order in which they are given, a few of them in advance.

    What it gives depends on no random number and not on the number of workers.

    Args:
        rows: What to read.
        workers: Processes; 0: this one.
        pinned: Give images in page-locked memory, from which a GPU copies while it computes.
        lasting: Keep the workers from one call of `batches` to the next.
    """

    def __init__(self, rows: Rows, workers: int, *, pinned: bool = False, lasting: bool = False) -> None:
        workers = 0 if rows.is_decoded else workers
        self._schedule = _Schedule(rows, max(1, workers))
        self._loader: DataLoader | None = DataLoader(
            _Reader(rows),
            batch_size=None,
            sampler=self._schedule,
            num_workers=workers,
            collate_fn=_unchanged,
            pin_memory=pinned,
            worker_init_fn=_start,
            prefetch_factor=2 if workers else None,
            persistent_workers=lasting and workers > 0,
            generator=torch.Generator(),  # else each pass would draw from torch's default one
        )

    def batches(self, wanted: Sequence[Tensor] | Tensor) -> Iterator[Tensor]:
        """Images of each of these batches of positions (int64 `[B]`); only one pass at a time.

        Raises:
            DataError: Images cannot be read.
        """
        assert self._loader is not None
        self._schedule.wanted = wanted
        with _held_signals():
            passing = iter(self._loader)
        try:
            for made in passing:
                if isinstance(made, DataError):
                    raise made
                yield made
        finally:
            # The workers leave with the last reference: here, and not in the thread that happens to collect garbage.
            del passing

    def close(self) -> None:
        """Let workers go that last; nothing can be decoded any more."""
        self._loader = None


class _Schedule(Sampler):
    """Batches of positions and, with the first of each window of a worker, all that this worker will need for it."""

    def __init__(self, rows: Rows, lanes: int) -> None:
        self.wanted: Sequence[Tensor] | Tensor = ()
        self._row_bytes, self._lanes = rows.row_bytes, lanes

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        wanted, lanes = self.wanted, self._lanes
        window = self._window()
        for number, positions in enumerate(wanted):
            ahead = None
            # The DataLoader deals its batches to the workers in turn.
            if window and number // lanes % window == 0:
                ahead = np.concatenate([each.numpy() for each in wanted[number : number + window * lanes : lanes]])
            yield positions.numpy(), ahead

    def _window(self) -> int:
        """Batches that a worker reads ahead; 0: none."""
        if not self._row_bytes or not len(self.wanted):
            return 0
        free = available_memory()
        budget = _MOST_AHEAD if free is None else min(_MOST_AHEAD, free // _AHEAD // self._lanes)
        return max(1, budget // (self._row_bytes * self.wanted[0].numel()))


class _Reader(Dataset):
    """What lives in a worker."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, item: tuple[np.ndarray, np.ndarray | None]) -> Tensor | DataError:
        positions, ahead = item
        try:
            if ahead is not None:
                self._rows.read_ahead(ahead)
            return self._rows.read(positions)
        except DataError as error:
            return error  # raised in the main process, without the worker's traceback


def _unchanged(made: Any) -> Any:
    return made


@contextlib.contextmanager
def _held_signals() -> Iterator[None]:
    """Workers that are started inherit the mask, so that no signal finds one before `_start` has run in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(_number: int) -> None:
    """Signals of the terminal and of job schedulers reach all processes, but the main one decides what they mean."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "sigtimedwait"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        threading.Thread(target=_leave_when_told, daemon=True).start()


def _leave_when_told() -> None:
    """SIGTERM from the main process ends a worker, anybody else's does not; nor does it stay without that process.

    torch looks for the parent too, but takes for it whoever it finds when the worker begins.
    """
    main = multiprocessing.parent_process()  # also where workers are started by a server that forks
    while main is not None and main.is_alive():
        told = signal.sigtimedwait({signal.SIGTERM}, 2)
        if told is not None and told.si_pid == main.pid:
            break
    os._exit(0)


@contextlib.contextmanager
def worker_failures() -> Iterator[None]:
    """Say in one sentence that a worker has died; torch raises that wherever the main process happens to be.

    Raises:
        DataError: It has.
    """
    said = ""
    try:
        yield
    except RuntimeError as error:
        if not str(error).startswith("DataLoader worker (pid"):
            raise
        said = f"{error} {error.__cause__ or ''}"
    if not said:
        return
    # Outside of the handler, so that nothing holds on to the workers that are left.
    if "Bus error" in said:
        hint = "shared memory (/dev/shm) is full; fewer --workers or a smaller --batch-size need less of it"
    else:
        signals = re.search(r"by signal: (\w+)", said)
        how = f" ({signals[1]})" if signals else ""
        hint = f"it was stopped from outside{how}, perhaps because memory ran out; fewer --workers need less of it"
    raise DataError(f"a worker process that decodes images has died: {hint}")
