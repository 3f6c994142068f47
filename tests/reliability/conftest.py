"""Processes of `imbalearn`, and what must be the same after a run that was stopped."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import Moment, Processes
from tiny_runs import TINY_PLUGIN, TINY_WORDS

# A checkpoint after every step: the step in the name of one is a moment that can be chosen.
OFTEN = ("run", *TINY_WORDS, "--loss", "seesaw", "--checkpoint-minutes", "0.000001", "--quiet")


@pytest.fixture(scope="session")
def imbalearn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Runs `imbalearn` in a process of its own."""
    processes = Processes(tmp_path_factory.mktemp("processes"))
    yield processes
    processes.close()


@pytest.fixture(scope="session")
def command() -> tuple[str, ...]:
    """`run` of sixteen steps with a checkpoint after each; `--out` is missing."""
    return OFTEN


@pytest.fixture(scope="session")
def whole(imbalearn: Processes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That run, which nothing has stopped."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    ended = imbalearn(*OFTEN, "--out", folder)
    assert ended.code == 0, ended.output
    return folder


@pytest.fixture(scope="session")
def _stopped(imbalearn: Processes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stopped") / "run"
    ended = imbalearn(*OFTEN, "--out", folder, moment=Moment(".partial-00000012", 1, signal.SIGTERM))
    assert ended.code == 143, ended.output
    return folder


@pytest.fixture
def stopped(_stopped: Path, tmp_path: Path) -> Path:
    """A copy of that run, stopped after thirteen steps; it has the checkpoints of the last two."""
    folder = tmp_path / "run"
    shutil.copytree(_stopped, folder)
    assert sorted(each.name for each in (folder / "checkpoints").iterdir()) == ["00000012", "00000013"]
    return folder


@pytest.fixture(scope="session")
def resumed(imbalearn: Processes) -> Callable[[Path], Any]:
    """`imbalearn resume` of a run with our plugin file."""
    return lambda folder: imbalearn("resume", folder, "--plugin", TINY_PLUGIN)


def outcome(folder: Path) -> dict[str, Any]:
    """All that an equal run must repeat: bytes, and figures without those that tell the time."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
        predictions = {name: arrays[name].tobytes() for name in arrays.files}
    timeless = [
        {key: value for key, value in row.items() if "seconds" not in key and "per_second" not in key} for row in rows
    ]
    return {
        "model": (folder / "model.safetensors").read_bytes(),
        "confusion": (folder / "confusion.csv").read_bytes(),
        "metrics.jsonl": timeless,
        "predictions": predictions,
        **{name: result[name] for name in ("metrics", "data", "adjusted", "warnings")},
    }


@pytest.fixture(scope="session")
def same() -> Callable[[Path, Path], None]:
    """Asserts that two finished runs have ended alike, and that nothing half written is left."""

    def compare(folder: Path, whole: Path) -> None:
        one, other = outcome(folder), outcome(whole)
        assert [name for name in one if one[name] != other[name]] == []
        assert not list(folder.rglob(".partial-*"))

    return compare
