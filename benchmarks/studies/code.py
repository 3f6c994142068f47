"""The code that makes the runs: a commit of this repository, so that edits during hours of training change nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from benchmarks.harness import ROOT

__all__ = ["use_commit"]

_PACKAGES = ("imbalearn_torch", "plugins")


def use_commit(commit: str, folder: Path) -> Path:
    """Unpack a commit, once, and let the commands that are started from now on import it.

    Args:
        commit: Of this repository.
        folder: Gets a folder named after it.

    Raises:
        SystemExit: There is no such commit.
    """
    place = folder / f"code-{commit}"
    if not place.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".code-") as partial:
            packed = Path(partial) / "code.tar"
            command = ["git", "-C", str(ROOT), "archive", "--output", str(packed), commit, *_PACKAGES]
            if subprocess.run(command, check=False).returncode:
                raise SystemExit(f"the code of commit {commit} cannot be had: this is no clone that holds it")
            with tarfile.open(packed) as archive:
                archive.extractall(Path(partial) / "code", filter="data")
            shutil.move(Path(partial) / "code", place)
    # Before site-packages, where this project may be installed in place.
    os.environ["PYTHONPATH"] = os.pathsep.join(str(place / each) for each in ("", "plugins"))
    return place
