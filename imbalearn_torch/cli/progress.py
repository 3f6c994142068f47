"""What a run shows while it works: a live table on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch.experiments.observer import Observer, epoch_line

if TYPE_CHECKING:
    from rich.console import Console

    from imbalearn_torch.experiments.run import RunResult

__all__ = ["finished", "watcher"]

# heading and width; 76 in all, for terminals of 80 columns
_COLUMNS = {"epoch": 6, "lr": 10, "train loss": 12, "val loss": 11, "val acc": 10, "val F1": 10, "img/s": 8, "s": 9}


class PlainLines(Observer):
    """One line an epoch."""

    def __init__(self) -> None:
        self._epochs = 0

    def on_start(self, folder: Path | None, epochs: int, steps: int, warnings: list[str]) -> None:
        self._epochs = epochs
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        click.echo(f"{epochs} epochs of {steps} steps, into {folder}", err=True)

    def on_epoch(self, row: dict[str, Any]) -> None:
        click.echo(epoch_line(row, self._epochs), err=True)

    def on_message(self, message: str) -> None:
        click.echo(message, err=True)


class LiveTable(Observer):
    """One row an epoch above a bar for the whole run.

    Args:
        console: A terminal.
    """

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self._console, self._steps = console, 0
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def on_start(self, folder: Path | None, epochs: int, steps: int, warnings: list[str]) -> None:
        self._steps = steps
        for warning in warnings:
            self._console.print(f"warning: {warning}", style="yellow", highlight=False, markup=False)
        self._console.print(f"into {folder}", highlight=False, markup=False, soft_wrap=True)
        self._console.print(_aligned(_COLUMNS), style="bold", highlight=False)
        self._task = self.progress.add_task("training", total=epochs * steps)

    def on_step(self, epoch: int, step: int, loss: float) -> None:
        self.progress.update(
            self._task, completed=epoch * self._steps + step + 1, description=f"epoch {epoch + 1}, loss {loss:.3f}"
        )

    def on_epoch(self, row: dict[str, Any]) -> None:
        keys = ("lr", "train_loss", "val_loss", "val_accuracy", "val_macro_f1")
        cells = [str(row["epoch"] + 1), *("" if row.get(key) is None else f"{row[key]:.4f}" for key in keys)]
        speed = row["images_per_second"]
        cells += ["" if speed is None else f"{speed:.0f}", f"{row['train_seconds']:.1f}"]
        self._console.print(_aligned(cells), highlight=False)

    def on_message(self, message: str) -> None:
        self._console.print(message, highlight=False, markup=False)


def _aligned(cells: Iterable[str]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _COLUMNS.values(), strict=True))


@contextlib.contextmanager
def watcher(quiet: bool) -> Iterator[Observer]:
    """The observer that suits stderr."""
    # A component that prints must not spoil machine-readable output.
    with contextlib.redirect_stdout(sys.stderr):
        if quiet:
            yield Observer()
        elif not sys.stderr.isatty():
            yield PlainLines()
        else:
            from rich.console import Console

            table = LiveTable(Console(stderr=True))
            with table.progress:
                yield table


def finished(done: RunResult, *, as_json: bool, quiet: bool) -> None:
    """Print the result: JSON on stdout, or the table."""
    if as_json:
        click.echo(json.dumps({"folder": str(done.folder), **done.result}, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        from rich.console import Console

        from imbalearn_torch.reporting.tables import summary_table

        console = Console()
        console.print(summary_table(done.result))
        console.print(f"folder: {done.folder}", soft_wrap=True, markup=False, highlight=False)
