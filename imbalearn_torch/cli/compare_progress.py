"""What a comparison shows while it works: a line for each run that has ended, and a bar on a terminal; on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from imbalearn_torch.experiments.carry_out import ComparisonObserver
from imbalearn_torch.experiments.task import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["comparison_watcher"]


class _Lines(ComparisonObserver):
    """One line a run.

    Args:
        stream: Where to; kept, since a run in this process replaces `sys.stderr` for a while.
        progress: A bar, on a terminal.
    """

    def __init__(self, stream: IO[str], progress: Progress | None) -> None:
        self._stream, self._progress = stream, progress
        self._done = self._left = 0

    def on_start(self, folder: Path, runs: int, left: int, warnings: list[str]) -> None:
        self._left = left
        for warning in warnings:
            self._say(f"warning: {warning}")
        finished = f", {runs - left} of them done before" if left < runs else ""
        self._say(f"{runs} runs{finished}, into {folder}")
        if self._progress is not None:
            self._task = self._progress.add_task("runs", total=left)

    def on_run(self, outcome: Outcome) -> None:
        self._done += 1
        if outcome.details:
            self._say(outcome.details.rstrip())
        reason = f": {outcome.reason}" if outcome.reason else f" after {outcome.seconds:.0f} s"
        self._say(f"{self._done}/{self._left} {outcome.folder.name} {outcome.status}{reason}")
        if self._progress is not None:
            self._progress.update(self._task, completed=self._done)

    def _say(self, line: str) -> None:
        if self._progress is not None:
            self._progress.console.print(line, highlight=False, markup=False, soft_wrap=True)
        else:
            self._stream.write(f"{line}\n")
            self._stream.flush()


@contextlib.contextmanager
def comparison_watcher(quiet: bool) -> Iterator[ComparisonObserver]:
    """The observer that suits stderr."""
    stream = sys.stderr
    # A component that prints must not spoil machine-readable output.
    with contextlib.redirect_stdout(stream):
        if quiet:
            yield ComparisonObserver()
        elif not stream.isatty():
            yield _Lines(stream, None)
        else:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            # Not to redirect the streams: a run in this process sends them into its log.
            console = Console(file=stream)
            with Progress(
                *columns, console=console, redirect_stdout=False, redirect_stderr=False, transient=True
            ) as bar:
                yield _Lines(stream, bar)
