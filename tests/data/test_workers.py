"""Worker processes: how they die, how they leave, what they are told to read ahead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from imbalearn_torch.data import workers as module
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.workers import Decoder, worker_failures
from imbalearn_torch.errors import DataError

SHAPE = (1, 2, 2)


class Numbers:
    """Image `i` is full of `i`."""

    def __getitem__(self, index: int) -> Tensor:
        return torch.full(SHAPE, index, dtype=torch.uint8)


class Ahead(Numbers):
    """Gives only what it has been told of, and the pid of its process."""

    row_bytes = 10

    def __init__(self) -> None:
        self.told: list[list[int]] = []

    def read_ahead(self, rows: np.ndarray) -> None:
        self.told.append(rows.tolist())

    def __getitem__(self, index: int) -> Tensor:
        assert index in self.told[-1], (index, self.told)
        return super().__getitem__(index)


class Deadly(Numbers):
    """Kills the process that reads image 7."""

    def __getitem__(self, index: int) -> Tensor:
        if index == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(index)


def rows(inputs: object) -> Rows:
    return Rows(inputs, torch.arange(40), SHAPE)


def values(decoder: Decoder, wanted: list[Tensor]) -> list[list[int]]:
    return [images[:, 0, 0, 0].tolist() for images in decoder.batches(wanted)]


def test_a_killed_worker_is_one_sentence() -> None:
    words = r"^a worker process .* has died: .*\(Killed\), .* memory ran out"
    with pytest.raises(DataError, match=words), worker_failures():
        values(Decoder(rows(Deadly()), 2), list(torch.arange(40).split(4)))


def test_other_runtime_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="mat1 and mat2"), worker_failures():
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with pytest.raises(DataError, match="shared memory"), worker_failures():
        raise RuntimeError("DataLoader worker (pid 9) is killed by signal: Bus error. It is possible that ...")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_that_reach_every_process_leave_workers_at_work(number: int) -> None:
    decoder = Decoder(rows(Numbers()), 2, lasting=True)
    wanted = list(torch.arange(40).split(4))
    passes = iter(decoder.batches(wanted))
    found = [next(passes)[:, 0, 0, 0].tolist()]
    stranger = "import os, sys; [os.kill(int(pid), int(sys.argv[1])) for pid in sys.argv[2:]]"
    pids = [str(each.pid) for each in multiprocessing.active_children()]
    assert len(pids) >= 2
    subprocess.run([sys.executable, "-c", stranger, str(int(number)), *pids], check=True)
    found += [images[:, 0, 0, 0].tolist() for images in passes]
    assert found == [each.tolist() for each in wanted]
    assert values(decoder, wanted) == found


def test_workers_leave_with_the_decoder() -> None:
    before = set(multiprocessing.active_children())
    decoder = Decoder(rows(Numbers()), 2, lasting=True)
    assert len(values(decoder, list(torch.arange(8).split(4)))) == 2
    assert len(set(multiprocessing.active_children()) - before) == 2
    del decoder
    assert set(multiprocessing.active_children()) <= before


@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.parametrize("budget", [10, 10 * 4 * 2, 10**9])  # less than a batch, two batches, everything
def test_each_worker_is_told_of_all_that_it_will_read(workers: int, budget: int, monkeypatch) -> None:
    monkeypatch.setattr(module, "_MOST_AHEAD", budget)
    wanted = list(torch.randperm(40, generator=torch.Generator().manual_seed(0)).split(4))
    inputs = Ahead()
    decoder = Decoder(rows(inputs), workers, lasting=True)
    for _ in range(2):
        assert values(decoder, wanted) == [each.tolist() for each in wanted]
    if workers == 0:
        window = max(1, min(10, budget // 40))
        expected = [sorted(torch.cat(wanted[start : start + window]).tolist()) for start in range(0, 10, window)]
        assert inputs.told == expected * 2


def test_what_is_not_asked_to_read_ahead_is_not_told() -> None:
    assert values(Decoder(rows(Numbers()), 0), [torch.tensor([3, 1])]) == [[3, 1]]


ORPHANS = """
    import os, signal, sys, threading, torch
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what is in its background ignore it
    from imbalearn_torch.data.rows import Rows
    from imbalearn_torch.data.workers import Decoder

    class Numbers:
        def __getitem__(self, index):
            return torch.zeros(1, 2, 2, dtype=torch.uint8)

    decoder = Decoder(Rows(Numbers(), torch.arange(40), (1, 2, 2)), 2, lasting=True)
    passes = iter(decoder.batches(list(torch.arange(40).split(4))))
    next(passes)
    import multiprocessing
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    threading.Event().wait()
"""


def is_running(pid: int) -> bool:
    """Also an orphan that has ended has an entry until somebody asks for its exit code, which nobody may do."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_run(number: int) -> None:
    command, pipe = [sys.executable, "-c", textwrap.dedent(ORPHANS)], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.DEVNULL, text=True, start_new_session=True) as run:
        assert run.stdout is not None
        pids = [int(each) for each in run.stdout.readline().split()]
        assert len(pids) == 2
        # Ctrl-C reaches the whole group, SIGKILL the main process alone.
        (os.killpg if number == signal.SIGINT else os.kill)(run.pid, number)
        run.wait(60)
    deadline = time.monotonic() + 30
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline, "workers are left"
        time.sleep(0.05)
