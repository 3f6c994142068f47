from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from stopped import StopAt

import imbalearn_torch as ibt
from imbalearn_torch.errors import CheckpointError, RunFolderError, RunInterrupted
from imbalearn_torch.experiments.observer import Observer


class Messages(Observer):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_message(self, message: str) -> None:
        self.seen.append(message)


def settings(small: dict, **more: Any) -> ibt.RunConfig:
    return ibt.RunConfig(**small, sampler="balanced", mix="cutmix", loss="balanced-softmax", **more)


@pytest.fixture(scope="module")
def whole(small: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uninterrupted run."""
    return ibt.run(settings(small), out=tmp_path_factory.mktemp("whole") / "run").folder


@pytest.mark.parametrize(("step", "number"), [(3, signal.SIGINT), (8, signal.SIGTERM), (11, signal.SIGINT)])
def test_stopped_run_ends_with_the_same_bytes(small: dict, whole: Path, tmp_path: Path, step: int, number: int) -> None:
    folder = tmp_path / "run"
    with pytest.raises(RunInterrupted, match=r"go on with: imbalearn resume ") as caught:
        ibt.run(settings(small), out=folder, observer=StopAt(step, number))
    assert caught.value.exit_code == 128 + number
    assert not (folder / "result.json").exists()
    ibt.resume(folder)
    for name in ("model.safetensors", "predictions.npz", "confusion.csv", "per_class.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name


def test_resume_without_a_checkpoint_starts_at_step_0(small: dict, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copy(whole / "config.toml", folder)
    ibt.resume(folder)
    assert (folder / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_finished_run_says_so_and_stays_untouched(whole: Path) -> None:
    before = {each: each.stat().st_mtime_ns for each in whole.rglob("*")}
    watcher = Messages()
    done = ibt.resume(whole, observer=watcher)
    assert watcher.seen == [f"the run in {whole} is finished"]
    assert done.metrics["test"]["accuracy"] > 0
    assert {each: each.stat().st_mtime_ns for each in whole.rglob("*")} == before


def test_damaged_checkpoint_falls_back_to_the_one_before(small: dict, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(RunInterrupted):
        ibt.run(settings(small), out=folder, observer=StopAt(11))
    newest = max((folder / "checkpoints").iterdir()) / "weights.safetensors"
    data = bytearray(newest.read_bytes())
    data[-1] ^= 1
    newest.write_bytes(data)
    watcher = Messages()
    ibt.resume(folder, observer=watcher)
    assert any("damaged" in message and "going on from the one before" in message for message in watcher.seen)
    assert (folder / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_checkpoint_of_another_run_is_refused(small: dict, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(RunInterrupted):
        ibt.run(settings(small), out=folder, observer=StopAt(3))
    file = folder / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("epochs = 2", "epochs = 3"), encoding="utf-8")
    with pytest.raises(CheckpointError, match="belongs to another run: epochs: 2 there, 3 here"):
        ibt.resume(folder)


def test_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="holds no run"):
        ibt.resume(tmp_path)
