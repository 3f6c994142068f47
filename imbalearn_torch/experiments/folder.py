"""The run folder: made, locked and written to in one place. Imports no torch."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import RunFolderError
from imbalearn_torch.experiments.config import SCHEMA_VERSION
from imbalearn_torch.experiments.links import refuse_links
from imbalearn_torch.training.durable import PARTIAL, clear_partial, storage_errors, sync, write_durably

__all__ = ["RunFolder", "default_folder", "storage_errors"]

_LOCK = ".lock"


def default_folder(name: str) -> Path:
    """`runs/DATE-NAME`, with a number behind it where that exists."""
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{name}"
    folder, number = Path("runs") / stem, 2
    while folder.exists():
        folder, number = Path("runs") / f"{stem}-{number}", number + 1
    return folder


class RunFolder:
    """A folder that belongs to one run and, while it is open, to one process.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = path / "checkpoints"
        self._lock: Any = None

    @property
    def finished(self) -> bool:
        """Whether the run has ended; the manifest is written last."""
        return (self.path / "manifest.json").is_file()

    @property
    def holds_run(self) -> bool:
        return (self.path / "config.toml").is_file()

    def look_at(self) -> None:
        """See whether the path can be looked at.

        Raises:
            RunFolderError: It may not be, or no path can be so long.
        """
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise RunFolderError(f"the output folder {self.path} cannot be read: {error.strerror}") from error

    def create(self, config: dict[str, Any]) -> None:
        """Make the folder, lock it and write `config.toml`.

        Raises:
            RunFolderError: It cannot be made or written, holds something else already, or is in use.
        """
        self.look_at()
        if self.path.exists() and not self.path.is_dir():
            raise RunFolderError(f"the output folder {self.path} is a file")
        if self.holds_run:
            raise RunFolderError(
                f"the output folder {self.path} holds a run; go on with `imbalearn resume {self.path}` "
                "or give another --out"
            )
        self._make()
        self.acquire()
        strangers = sorted(each.name for each in self.path.iterdir() if each.name != _LOCK)
        if strangers:
            self.release()
            raise RunFolderError(
                f"the output folder {self.path} is not empty (it holds {', '.join(strangers[:3])}); give another --out"
            )
        self.write_config(config)

    def _make(self) -> None:
        try:
            new = [each for each in (self.path, *self.path.parents) if not each.exists()]
            self.path.mkdir(parents=True, exist_ok=True)
            for each in new:
                sync(each.parent)
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise RunFolderError(
                f"the output folder {self.path} cannot be written: {error.strerror or error}"
            ) from error

    def acquire(self) -> None:
        """Lock the folder and clear what a killed process has left half written.

        The kernel frees the lock when the process ends, however it ends.

        Raises:
            RunFolderError: Another process works here, or a symbolic link leads out of the folder.
        """
        from filelock import FileLock, Timeout

        refuse_links(self.path)
        lock = FileLock(self.path / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise RunFolderError(f"the output folder {self.path} is in use by {self._holder()}") from None
        except OSError as error:
            raise RunFolderError(
                f"the output folder {self.path} cannot be written: {error.strerror or error}"
            ) from error
        self._lock = lock
        for folder in (self.path, self.checkpoints):
            clear_partial(folder)
        with storage_errors(self.path / _LOCK):
            (self.path / _LOCK).write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")

    def _holder(self) -> str:
        with contextlib.suppress(OSError):
            return (self.path / _LOCK).read_text(encoding="utf-8") or "another process"
        return "another process"

    def release(self) -> None:
        """Free the lock and remove its file."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                (self.path / _LOCK).unlink()
            self._lock.release()
            self._lock = None

    def discard_if_unused(self) -> None:
        """Take back a folder in which nothing has been trained, so that the corrected command may use it."""
        ours = {"config.toml", "log.txt", "metrics.jsonl", _LOCK}
        with contextlib.suppress(OSError):
            metrics = self.path / "metrics.jsonl"
            trained = metrics.exists() and metrics.stat().st_size > 0
            if not trained and {each.name for each in self.path.iterdir()} <= ours:
                self.release()
                for name in ours:
                    (self.path / name).unlink(missing_ok=True)
                self.path.rmdir()

    def write_config(self, config: dict[str, Any]) -> None:
        """Write `config.toml`, whole or not at all."""
        import tomli_w

        self.write_text("config.toml", tomli_w.dumps({"schema_version": SCHEMA_VERSION, **config}))

    def write_json(self, name: str, value: dict[str, Any]) -> None:
        """Write strict JSON with its schema version."""
        text = json.dumps({"schema_version": SCHEMA_VERSION, **value}, indent=1, ensure_ascii=False, allow_nan=False)
        self.write_text(name, text + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a UTF-8 file, whole or not at all; a byte of a file name that is no text is written as its escape."""
        self.write_bytes(name, text.encode("utf-8", "backslashreplace"))

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file through a temporary one in the same folder."""
        target = self.path / name
        partial = target.with_name(f"{PARTIAL}{name}")
        with storage_errors(target):
            try:
                write_durably({partial: content})
                partial.replace(target)
                sync(self.path)
            finally:
                partial.unlink(missing_ok=True)

    def write_lines(self, name: str, values: list[dict[str, Any]]) -> None:
        """Write a file of JSON lines anew."""
        self.write_text(name, "".join(_line(value) for value in values))

    def append_line(self, name: str, value: dict[str, Any]) -> None:
        """Append one line of strict JSON and flush it."""
        with storage_errors(self.path / name), (self.path / name).open("a", encoding="utf-8") as stream:
            stream.write(_line(value))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"
