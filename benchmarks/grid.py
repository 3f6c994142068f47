"""A grid of eight runs: two processes of one thread each beside one process after the other with two threads."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.harness import WORK, compared, shared

_METHODS = (("--loss", "ce"), ("--loss", "balanced-softmax"), ("--sampler", "balanced"), ("--mix", "mixup"))


def measure(quick: bool) -> dict[str, Any]:
    """How many times sooner the grid is done by two processes; each way once, since a grid is eight runs already."""
    methods, seeds = (_METHODS[:2], (0,)) if quick else (_METHODS, (0, 1))
    runs = [(*method, "--seed", str(seed)) for method in methods for seed in seeds]
    ours, peer = [_seconds(runs, 2, quick)], [_seconds(runs, 1, quick)]
    return {
        "grid": compared(ours, peer, at_least=1.1),
        "runs": len(runs),
        "seconds_a_run": peer[0] / len(runs),
    }


def _seconds(runs: list[tuple[str, ...]], processes: int, quick: bool) -> float:
    """Do all runs, so many at a time, and share two threads among them."""
    folder = WORK / "grid"
    shutil.rmtree(folder, ignore_errors=True)
    commands = [_command(folder / str(number), run, 2 // processes, quick) for number, run in enumerate(runs)]
    started = time.perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda command: subprocess.run(command, check=True), commands))
    return time.perf_counter() - started


def _command(folder: Path, run: tuple[str, ...], threads: int, quick: bool) -> list[str]:
    task = ("--data", "digits", "--epochs", "2")
    if not quick:
        # 30 s or more a run on two threads, most of it training and not starting.
        data = f"parquet:path={shared() / 'data' / 'cifar10'}"
        task = ("--data", data, "--imbalance", "step:ratio=10,head=1", "--epochs", "2")
    imbalearn = str(Path(sys.executable).with_name("imbalearn"))
    return [imbalearn, "run", *task, *run, "--threads", str(threads), "--quiet", "--out", str(folder)]
