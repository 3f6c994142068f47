"""Files of a data set stay inside its folder: neither `..` nor a symbolic link leads out of it unseen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from imbalearn_torch import errors

__all__ = ["require_inside"]

_SHOWN = 10


def require_inside(root: Path, files: Iterable[str], remedy: str) -> None:
    """See that relative names and symbolic links stay inside a folder.

    A snapshot in the cache of the Hugging Face hub may link to the blobs beside it.

    Args:
        root: The folder.
        files: Paths that begin with `root`.
        remedy: What the user can do about one that leads elsewhere.

    Raises:
        DataError: Some lead elsewhere; ten of them are named.
    """
    inside, folders, outside = _real_root(root), dict[str, str](), []
    for file in files:
        if "\0" in file:
            continue  # no file is called so, as reading it will say
        folder, name = os.path.split(file)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = os.path.join(folders[folder], name)  # noqa: PTH118 - there may be millions
        if name in {"", ".", ".."} or os.path.islink(real):  # noqa: PTH114
            real = os.path.realpath(real)
        if not real.startswith(inside):
            outside.append(f"{file} is {real}")
    if outside:
        more = f", and {len(outside) - _SHOWN} more" if len(outside) > _SHOWN else ""
        named = "; ".join(outside[:_SHOWN]) + more
        raise errors.DataError(f"{len(outside)} of the files lead out of {root}: {named}; {remedy}")


def _real_root(root: Path) -> str:
    """The folder, or the repository of a snapshot of the hub, with a separator at its end."""
    real = root.resolve()
    for parent in real.parents:
        if parent.name == "snapshots" and (parent.parent / "blobs").is_dir():
            real = parent.parent
            break
    return str(real).rstrip(os.sep) + os.sep
