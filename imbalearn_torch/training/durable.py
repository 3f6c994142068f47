"""Writing that survives a power cut, and what a disk that fails says. Imports no torch."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from imbalearn_torch.errors import StorageError

__all__ = ["PARTIAL", "clear_partial", "disk_cause", "storage_errors", "sync", "write_durably"]

PARTIAL = ".partial-"  # before the name of what is being written: a killed process leaves it, the next one clears it
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def disk_cause(error: OSError) -> str:
    """Why the disk has refused, in a few words and without the path."""
    if error.errno in _FULL:
        return "the disk is full"
    return error.strerror or str(error) or type(error).__name__


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an OSError while writing into one sentence."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path} could not be written: {disk_cause(error)}") from error


def write_durably(contents: Mapping[Path, bytes | memoryview]) -> None:
    """Write files and wait until the disk has them: all first, since the first wait then serves the others too."""
    for file, content in contents.items():
        file.write_bytes(content)
    for file in contents:
        sync(file)


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_partial(folder: Path) -> None:
    """Remove what a process that was killed while it wrote has left in a folder."""
    for partial in folder.glob(f"{PARTIAL}*"):
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)
