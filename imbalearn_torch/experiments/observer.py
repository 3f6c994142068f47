"""What a run tells whoever watches it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from imbalearn_torch.training.durable import storage_errors

__all__ = ["LogObserver", "Observer", "epoch_line", "log_file", "logger"]

logger = logging.getLogger("imbalearn_torch")


def _as_text(record: logging.LogRecord) -> bool:
    """Names of files need not be text; whoever handles a record may rely on it, and gets escapes instead."""
    record.msg, record.args = record.getMessage().encode("utf-8", "backslashreplace").decode("utf-8"), None
    return True


logger.addFilter(_as_text)


class Observer:
    """Watches a run; every method may be overridden and does nothing here."""

    def on_start(self, folder: Path | None, epochs: int, steps: int, warnings: list[str]) -> None:
        """Training is about to begin, or to go on."""

    def on_step(self, epoch: int, step: int, loss: float) -> None:
        """One step is done."""

    def on_epoch(self, row: dict[str, Any]) -> None:
        """One epoch is done; `row` is its line of metrics.jsonl."""

    def on_message(self, message: str) -> None:
        """Something worth a line happened."""


def epoch_line(row: dict[str, Any], epochs: int) -> str:
    """One epoch in one line of text."""
    parts = [f"epoch {row['epoch'] + 1}/{epochs}", f"lr {row['lr']:.4g}", f"train loss {row['train_loss']:.4f}"]
    for key, name in (("val_loss", "val loss"), ("val_accuracy", "val accuracy"), ("val_macro_f1", "val macro-F1")):
        if row.get(key) is not None:
            parts.append(f"{name} {row[key]:.4f}")
    if row["images_per_second"] is not None:
        parts.append(f"{row['images_per_second']:.0f} images/s")
    return "  ".join(parts)


class LogObserver(Observer):
    """Writes what happens to the log, and passes it on to another observer."""

    def __init__(self, watcher: Observer) -> None:
        self._watcher = watcher
        self._epochs = 0

    def on_start(self, folder: Path | None, epochs: int, steps: int, warnings: list[str]) -> None:
        self._epochs = epochs
        logger.info("%d epochs of %d steps", epochs, steps)
        for warning in warnings:
            logger.warning("%s", warning)
        self._watcher.on_start(folder, epochs, steps, warnings)

    def on_step(self, epoch: int, step: int, loss: float) -> None:
        self._watcher.on_step(epoch, step, loss)

    def on_epoch(self, row: dict[str, Any]) -> None:
        logger.info("%s", epoch_line(row, self._epochs))
        self._watcher.on_epoch(row)

    def on_message(self, message: str) -> None:
        logger.info("%s", message)
        self._watcher.on_message(message)


class _Log(logging.FileHandler):
    """A full disk must not end a run, or fill its output with tracebacks, for the sake of a line of its log."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


@contextmanager
def log_file(file: Path) -> Iterator[None]:
    """Append the package's log to a file while the block runs."""
    with storage_errors(file):
        handler = _Log(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    previous = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(previous)
        with suppress(OSError):
            handler.close()
