"""A run folder is one place: nothing in it is a symbolic link to a place outside."""

from __future__ import annotations

import os
from pathlib import Path

from imbalearn_torch.errors import RunFolderError

__all__ = ["refuse_links"]


def refuse_links(folder: Path) -> None:
    """See that no symbolic link leads out of a run folder, which may itself be one and may come from anybody.

    Otherwise log.txt, the lock and the checkpoints could be written, and any file read, elsewhere.

    Raises:
        RunFolderError: One does.
    """
    root = folder.resolve()
    for place, folders, files in os.walk(root):
        for name in sorted((*folders, *files)):
            each = Path(place, name)
            if each.is_symlink() and not _target(each).is_relative_to(root):
                raise RunFolderError(
                    f"the run folder {folder} has a symbolic link that leads out of it, {each.relative_to(root)} to "
                    f"{_target(each)}; put a copy in its place, or delete it"
                )


def _target(link: Path) -> Path:
    return Path(os.path.realpath(link))  # unlike Path.resolve, no error for links that go round in circles
