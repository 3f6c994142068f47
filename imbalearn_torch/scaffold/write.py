"""Write a new package: whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from imbalearn_torch.errors import OptionError
from imbalearn_torch.scaffold.names import check_name
from imbalearn_torch.scaffold.render import render

__all__ = ["write_package"]

_STORAGE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def write_package(typed: str, kind: str, into: Path) -> tuple[Path, tuple[str, ...]]:
    """Write the package of one component of a kind.

    Args:
        typed: The name of distribution, folder and component, as the user wrote it.
        kind: One of `KINDS`.
        into: The folder in which the package's folder is made.

    Returns:
        The package's folder, and the paths of its files within, with `/`.

    Raises:
        OptionError: The name cannot be used, or the folder cannot be made there.
        OSError: The disk is full or fails.
    """
    name = check_name(typed, kind)
    folder, files = into / name, render(name, kind)
    if not os.path.isdir(into):  # noqa: PTH112 - the method raises where a folder above cannot be read
        raise OptionError(f"Expected --into to be a folder that exists, but got {str(into)!r}")
    try:
        if _is_taken(folder):
            raise OptionError(f"{str(folder)!r} exists and is not an empty folder; choose another name or --into")
        _write(folder, files)
    except OSError as error:
        if error.errno in _STORAGE:
            raise
        raise OptionError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from error
    return folder, tuple(files)


def _is_taken(folder: Path) -> bool:
    if folder.is_dir() and not folder.is_symlink():
        return any(folder.iterdir())
    return os.path.lexists(folder)


def _write(folder: Path, files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as workshop:
        # A folder within, since the outer one is readable by its owner alone and would stay so.
        draft = Path(workshop) / folder.name
        for path, text in files.items():
            file = draft / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(folder)
