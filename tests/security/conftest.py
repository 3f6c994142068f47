"""One small finished run, what a damaged or hostile copy of it looks like, and objects whose loading leaves a trace."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from tiny_runs import TINY_PLUGIN, tiny_run

from imbalearn_torch.cli import app


class LeavesATrace:
    """Whoever unpickles this makes a folder."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (str(self.trace),)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Where a folder appears once a hostile pickle has been loaded."""
    return tmp_path / "the pickle was loaded"


@pytest.fixture
def hostile(trace: Path) -> dict[str, bytes]:
    """Files whose unpickling leaves the trace: a bare pickle, a torch file, one array, arrays by name."""
    evil = LeavesATrace(trace)
    torch_file, array, arrays = io.BytesIO(), io.BytesIO(), io.BytesIO()
    torch.save({"identity": evil}, torch_file)
    one = np.array([evil], dtype=object)
    np.save(array, one, allow_pickle=True)
    names = ("x", "y", "val_logits", "val_targets", "test_logits", "test_targets", "rows", "images", "targets")
    np.savez(arrays, allow_pickle=True, **dict.fromkeys(names, one))
    return {
        "pickle": pickle.dumps(evil),
        "torch": torch_file.getvalue(),
        "npy": array.getvalue(),
        "npz": arrays.getvalue(),
    }


@pytest.fixture
def imbalearn() -> Callable[..., Result]:
    """A call of the command in this process."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of half a second, its checkpoints still there."""
    return tiny_run(tmp_path_factory.mktemp("security") / "run")


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return shutil.copytree(finished, tmp_path / "copied")


@pytest.fixture
def stopped(copied: Path) -> Path:
    """The same before its results were written: `resume` goes on from the last checkpoint."""
    (copied / "manifest.json").unlink()
    return copied


def sign(folder: Path, *names: str) -> None:
    """Let a manifest say that these files are as they were written; an attacker can do so too."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    for name in names:
        manifest["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    indent = 1 if (folder / "state.pt").exists() else None  # that of a checkpoint is compared as text
    file.write_text(json.dumps(manifest, indent=indent), encoding="utf-8")


@pytest.fixture
def replace() -> Callable[[Path, bytes], None]:
    """Put other bytes in the place of a file of a run or a checkpoint, signed."""

    def put(file: Path, content: bytes) -> None:
        file.write_bytes(content)
        sign(file.parent, file.name)

    return put


@pytest.fixture
def plugin() -> list[str]:
    return ["--plugin", str(TINY_PLUGIN)]
