"""Damaged, truncated, foreign and forged checkpoints: named, passed over or refused; never believed."""

from __future__ import annotations

import json
import pickle
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import Moment
from tiny_runs import TINY_PLUGIN

from imbalearn_torch.training.checkpoint import file_digest, latest_checkpoint, save_checkpoint

FILES = ("weights.safetensors", "state.pt", "manifest.json")
RELAXED = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sound checkpoints."""
    folder = tmp_path_factory.mktemp("two")
    for step in (4, 8):
        save_checkpoint(folder, step, {"a": torch.full((40,), step)}, {"step": step, "rate": [0.1, None]})
    return folder


def damage(two: Path, folder: Path, name: str, change: Callable[[bytes], bytes]) -> list[str]:
    """Change a file of the newest checkpoint; what is said when the one before is used."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(two, folder)
    file = folder / "00000008" / name
    file.write_bytes(change(file.read_bytes()))
    found = latest_checkpoint(folder)
    assert found is not None
    assert found[1]["step"] == int(found[0]["a"][0]) == 4
    return found[2]


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_passed_over_at_any_length(two: Path, tmp_path: Path, name: str) -> None:
    size = (two / "00000008" / name).stat().st_size

    @settings(max_examples=30, **RELAXED)
    @given(st.integers(0, size - 1))
    def check(length: int) -> None:
        [problem] = damage(two, tmp_path / "copy", name, lambda content: content[:length])
        assert problem.startswith(f"the checkpoint {tmp_path / 'copy' / '00000008'} ")

    check()


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_wherever_it_is(two: Path, tmp_path: Path, name: str) -> None:
    size = (two / "00000008" / name).stat().st_size

    @settings(max_examples=30, **RELAXED)
    @given(st.integers(0, size - 1), st.integers(0, 7))
    def check(position: int, bit: int) -> None:
        def flip(content: bytes) -> bytes:
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            return bytes(changed)

        assert len(damage(two, tmp_path / "copy", name, flip)) == 1

    check()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_and_a_folder_in_its_place_are_passed_over(two: Path, tmp_path: Path, name: str) -> None:
    for number, make in enumerate((Path.unlink, lambda file: (file.unlink(), file.mkdir()))):
        folder = tmp_path / str(number)
        shutil.copytree(two, folder)
        make(folder / "00000008" / name)
        found = latest_checkpoint(folder)
        assert found is not None
        assert found[1]["step"] == 4
        assert str(found[2]).count(str(folder)) == 1  # not the path in the message, and again in that of the system


def test_a_run_falls_back_to_the_checkpoint_before_and_says_so(stopped: Path, resumed, whole: Path, same) -> None:
    manifest = stopped / "checkpoints" / "00000013" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:30])  # torn
    with (stopped / "metrics.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"epoch": 1, "lr"')  # a line that was torn as well
    ended = resumed(stopped)
    assert ended.code == 0, ended.output
    assert "checkpoints/00000013 cannot be read" in ended.output
    assert "going on from the one before" in ended.output
    same(stopped, whole)


def test_a_run_without_a_sound_checkpoint_exits_with_4(stopped: Path, resumed) -> None:
    for name in ("00000012", "00000013"):
        (stopped / "checkpoints" / name / "state.pt").write_bytes(b"")
    ended = resumed(stopped)
    assert ended.code == 4, ended.output
    assert "00000012 is damaged" in ended.output
    assert "00000013 is damaged" in ended.output
    assert "start the run again in a new folder" in ended.output
    assert "Traceback" not in ended.output


def forged(checkpoint: Path, state: bytes) -> None:
    """Put a state there, and the right hash of it."""
    (checkpoint / "state.pt").write_bytes(state)
    manifest = json.loads((checkpoint / "manifest.json").read_text(encoding="utf-8"))
    manifest["sha256"]["state.pt"] = file_digest(checkpoint / "state.pt")
    (checkpoint / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.file, "w")


def torch_pickle(value: Any, file: Path) -> bytes:
    torch.save(value, file)
    return file.read_bytes()


@pytest.mark.parametrize("how", ["torch", "pickle"])
def test_a_pickle_with_the_right_hash_is_refused_and_does_not_run(
    stopped: Path, resumed, tmp_path: Path, how: str
) -> None:
    planted = {"progress": Planted(tmp_path / "ran")}
    content = pickle.dumps(planted) if how == "pickle" else torch_pickle(planted, tmp_path / "pickle")
    for checkpoint in (stopped / "checkpoints").iterdir():
        forged(checkpoint, content)
    ended = resumed(stopped)
    assert ended.code == 4, ended.output
    assert "Traceback" not in ended.output
    assert not (tmp_path / "ran").exists()


def test_a_state_of_other_things_is_refused(stopped: Path, resumed, tmp_path: Path) -> None:
    newest = stopped / "checkpoints" / "00000013"
    state = torch.load(newest / "state.pt", weights_only=True)
    del state["optimizers"]
    forged(newest, torch_pickle(state, tmp_path / "pickle"))
    ended = resumed(stopped)
    assert ended.code == 4, ended.output
    assert "does not fit this run: KeyError: 'optimizers'" in ended.output
    forged(newest, torch_pickle([1, 2], tmp_path / "pickle"))
    found = latest_checkpoint(newest.parent)
    assert found is not None
    assert "holds no state of a run" in found[2][0]


def test_another_configuration_is_refused_and_the_differences_listed(stopped: Path, resumed) -> None:
    config = stopped / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("epochs = 2", "epochs = 3").replace("n_max=20", "n_max=30"), encoding="utf-8")
    ended = resumed(stopped)
    assert ended.code == 4, ended.output
    assert "the checkpoint belongs to another run" in ended.output
    assert "epochs: 2 there, 3 here" in ended.output
    assert "train_counts: [" in ended.output


def test_other_classes_are_listed(stopped: Path, resumed) -> None:
    for checkpoint in (stopped / "checkpoints").iterdir():
        state = torch.load(checkpoint / "state.pt", weights_only=True)
        state["identity"]["classes"] = ["cat", "dog"]
        forged(checkpoint, torch_pickle(state, stopped / "pickle"))
    ended = resumed(stopped)
    assert ended.code == 4, ended.output
    assert "classes: ['cat', 'dog'] there, ['0', '1'" in ended.output


def test_how_often_checkpoints_are_written_may_change(imbalearn, stopped: Path) -> None:
    config = stopped / "config.toml"
    text = config.read_text(encoding="utf-8").replace("checkpoint_every = 1", "checkpoint_every = 2")
    config.write_text(f"checkpoint_keep = 3\n{text}".replace("1e-06", "0.0"), encoding="utf-8")
    # Trained to the end; the results are of no interest here.
    ended = imbalearn("resume", stopped, "--plugin", TINY_PLUGIN, moment=Moment(".partial-predictions.npz"))
    assert ended.code == -signal.SIGKILL, ended.output
    assert sorted(each.name for each in (stopped / "checkpoints").iterdir()) == ["00000012", "00000013", "00000016"]
