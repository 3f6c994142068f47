"""Runs of the queue, one after the other in each of several lanes; what is killed is gone on with the next time."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from filelock import FileLock, Timeout

from benchmarks.harness import finished_run
from benchmarks.studies.queue import Queue, QueuedRun, RunState

__all__ = ["run_lanes"]

_DIVERGED, _INTERRUPTED = 3, (130, 143, -2, -15)


def run_lanes(queue: Queue, runs: list[QueuedRun], jobs: int, say: Callable[[str], None]) -> None:
    """Make what is missing.

    A run that another process works on is left to it; one that fails does not hold up the others.

    Args:
        queue: Which they are of.
        runs: In order.
        jobs: Lanes, one processor thread each.
        say: Told of each beginning and end.
    """
    waiting, lock, stopped = iter(runs), threading.Lock(), threading.Event()

    def following() -> Iterator[QueuedRun]:
        while not stopped.is_set():
            with lock:
                run = next(waiting, None)
            if run is None:
                return
            yield run

    def lane() -> None:
        for run in following():
            if _attempt(queue, run, say):
                stopped.set()

    with ThreadPoolExecutor(jobs) as pool:
        lanes = [pool.submit(lane) for _ in range(jobs)]
        try:
            for each in lanes:
                each.result()
        except BaseException:
            stopped.set()
            raise


def _attempt(queue: Queue, run: QueuedRun, say: Callable[[str], None]) -> bool:
    """Make or finish one run; whether the user wants everything to stop."""
    state = queue.state(run)
    if state in {RunState.DONE, RunState.FAILED}:
        return False
    if state is RunState.OTHER:
        say(f"{run.name}: {run.place} holds a run of another configuration; delete it to make this one")
        return False
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        # Held by whoever works on the run; the second one is the run's own, whose queue may have been killed.
        with FileLock(run.folder / f".{run.name}.lock", timeout=0):
            if run.place.is_dir():
                with FileLock(run.place / ".lock", timeout=0):
                    pass
            run.clear_stump()
            return _make(queue, run, say)
    except Timeout:
        say(f"{run.name}: another process works on it")
        return False


def _make(queue: Queue, run: QueuedRun, say: Callable[[str], None]) -> bool:
    say(f"{run.name}: begins, about {run.minutes:g} minutes on a free core")
    try:
        result = finished_run(run.place, *run.words(queue.studies[run.study]))
    except subprocess.CalledProcessError as error:
        if error.returncode in _INTERRUPTED:
            say(f"{run.name}: interrupted; the same command goes on with it")
            return True
        if error.returncode == _DIVERGED:
            reason = {"reason": "the loss or its gradient was not finite", "exit_code": _DIVERGED}
            run.failure.write_text(json.dumps(reason) + "\n", encoding="utf-8")
        say(f"{run.name}: failed, exit code {error.returncode}")
        return False
    test, seconds = result["metrics"]["test"], result["timing"]["total_seconds"]
    say(f"{run.name}: macro-F1 {test['macro_f1']:.4f}, accuracy {test['accuracy']:.4f}, {seconds / 60:.1f} minutes")
    return False
