"""One run of a comparison, wherever it is done: in this process, in a worker beside it, or on another machine."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imbalearn_torch.errors import ImbalearnError, NonFiniteError, RunInterrupted
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.observer import Observer, logger
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.run import go_on, start
from imbalearn_torch.experiments.train_once import take_over
from imbalearn_torch.plugin.registry import Registry

__all__ = ["Outcome", "Task", "do_task"]

# torch's default generators and number of threads belong to the process: two runs in it would disturb each other.
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Task:
    """What a worker needs to know.

    Args:
        config: Of the run.
        folder: Its folder, absolute.
        stop_file: When it appears, the run stops after its step.
        plugin_files: As given by `--plugin`, absolute.
        allowed: Distributions whose plugins may be loaded; None: all.
        parent: The process that hands out the tasks, if workers are beside it: without it nobody wants the result.
        trained_by: The folder of a run that differs in its adjusters alone, and has ended; None: to be trained.
    """

    config: RunConfig
    folder: Path
    stop_file: Path
    plugin_files: tuple[Path, ...] = ()
    allowed: frozenset[str] | None = None
    parent: int | None = None
    trained_by: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """How a task has ended.

    Args:
        folder: Of the run.
        status: `interrupted` runs are gone on with, `failed` ones have a reason.
        reason: One sentence.
        exit_code: What `imbalearn run` would have exited with.
        details: The traceback of an error that nobody expected.
        seconds: How long it took.
    """

    folder: Path
    status: Literal["finished", "failed", "interrupted"]
    reason: str = ""
    exit_code: int = 0
    details: str = ""
    seconds: float = 0.0


def do_task(task: Task) -> Outcome:
    """Begin the run or go on with it; every error becomes an outcome, so that the other runs go on."""
    stop, started = _Stop(task), time.perf_counter()
    with _ALONE, _printed_into_log():
        outcome = _attempt(task, stop)
    return Outcome(**{**vars(outcome), "seconds": time.perf_counter() - started})


def _attempt(task: Task, stop: _Stop) -> Outcome:
    if stop() is not None:
        return Outcome(task.folder, "interrupted")
    place = RunFolder(task.folder)
    try:
        known = Registry(task.plugin_files, task.allowed)
        known.check_files()
        if task.trained_by is not None:
            take_over(task.trained_by, task.config, place)
        if not place.holds_run:
            start(resolve_run(task.config, known), known, task.folder, Observer(), stop)
        elif not place.finished:
            # As it was resolved when it began; only objects made in Python no file can hold.
            go_on(place, known, Observer(), task.config if task.config.has_objects else None, stop)
    except RunInterrupted:
        return Outcome(task.folder, "interrupted")
    except NonFiniteError as error:
        return Outcome(task.folder, "failed", str(error), error.exit_code)
    except ImbalearnError as error:
        return Outcome(task.folder, "failed", "; ".join(str(error).splitlines()), error.exit_code)
    except Exception as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Outcome(task.folder, "failed", reason, 1, traceback.format_exc())
    return Outcome(task.folder, "finished")


class _Stop:
    """Whether the run shall stop: the stop file is there, or the process that wanted the result is gone."""

    def __init__(self, task: Task) -> None:
        self._file, self._looked = task.stop_file, -1.0
        self._parent = task.parent if os.getpid() != task.parent else None
        if self._parent is not None and threading.current_thread() is threading.main_thread():
            # Ctrl-C reaches every process of the terminal; it is the parent's to answer.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def __call__(self) -> int | None:
        now = time.monotonic()
        if now - self._looked < 0.2:
            return None
        self._looked = now
        orphaned = self._parent is not None and os.getppid() != self._parent
        return signal.SIGTERM if orphaned or self._file.exists() else None


class _Log(io.TextIOBase):
    """What a component prints goes to the log of its run, line by line."""

    def __init__(self) -> None:
        self._rest, self._inside = "", False

    def write(self, text: str) -> int:
        if self._inside:  # the log itself has failed and says so
            return len(text)
        self._inside = True
        try:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in filter(str.strip, lines):
                logger.info("%s", line)
        finally:
            self._inside = False
        return len(text)


@contextlib.contextmanager
def _printed_into_log() -> Iterator[None]:
    log = _Log()
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        yield
