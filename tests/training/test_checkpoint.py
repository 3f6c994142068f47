"""Checkpoints: whole or absent, checked byte by byte, and kept while a newer one fails."""

from __future__ import annotations

import errno
import json
import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from imbalearn_torch.errors import CheckpointError, StorageError
from imbalearn_torch.training import checkpoint
from imbalearn_torch.training.checkpoint import file_digest, latest_checkpoint, load_checkpoint, save_checkpoint

FILES = ("weights.safetensors", "state.pt", "manifest.json")


def weights(value: float = 1.0) -> dict[str, Tensor]:
    return {
        "a.weight": torch.full((3, 4), value),
        "a.kernel": torch.arange(24.0).view(2, 3, 2, 2).to(memory_format=torch.channels_last),
        "a.count": torch.tensor(7),
        "a.prior": torch.tensor([0.25, 0.75], dtype=torch.float64),
    }


def state(step: int = 3) -> dict:
    return {
        "progress": {"step": step, "best": None, "history": [{"lr": 0.1, "val": float("inf")}]},
        "optimizers": [{"state": {0: {"momentum": torch.ones(2)}}, "betas": (0.9, 0.999)}],
        "name": "run",
    }


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_round_trip_keeps_every_value_and_type(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path / "new" / "checkpoints", 12, weights(), state())
    assert folder == tmp_path / "new" / "checkpoints" / "00000012"
    assert names(folder) == sorted(FILES)
    loaded, rest = load_checkpoint(folder)
    assert loaded.keys() == weights().keys()
    for name, tensor in weights().items():
        assert loaded[name].dtype == tensor.dtype
        assert torch.equal(loaded[name], tensor)
    assert torch.equal(rest["optimizers"][0]["state"][0].pop("momentum"), torch.ones(2))
    assert rest["optimizers"] == [{"state": {0: {}}, "betas": (0.9, 0.999)}]
    assert (rest["progress"], rest["name"]) == (state()["progress"], "run")


def test_weights_that_share_memory_are_saved_each_by_itself(tmp_path: Path) -> None:
    tied = nn.Linear(3, 3)
    tensors = {"one": tied.weight, "two": tied.weight, "row": tied.weight[0], "turned": tied.weight.T}
    loaded, _ = load_checkpoint(save_checkpoint(tmp_path, 1, tensors, {}))
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize("name", FILES)
def test_no_byte_may_change(tmp_path: Path, name: str) -> None:
    file = save_checkpoint(tmp_path, 12, weights(), state()) / name
    content = file.read_bytes()
    for position in range(0, len(content), 1 if name == "manifest.json" else 37):
        broken = bytearray(content)
        broken[position] ^= (1, 4, 0x80)[position % 3]
        file.write_bytes(broken)
        with pytest.raises(CheckpointError, match=r"the checkpoint .*00000012 (is damaged|cannot be read): "):
            load_checkpoint(file.parent)
    file.write_bytes(content)
    load_checkpoint(file.parent)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("length", [0, 10, -1, None])
def test_truncated_and_missing_files_are_found(tmp_path: Path, name: str, length: int | None) -> None:
    file = save_checkpoint(tmp_path, 12, weights(), state()) / name
    if length is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(CheckpointError, match="00000012"):
        load_checkpoint(file.parent)


def test_a_checkpoint_under_a_false_step_is_refused(tmp_path: Path) -> None:
    moved = save_checkpoint(tmp_path, 12, weights(), state()).rename(tmp_path / "00000099")
    with pytest.raises(CheckpointError, match=r"manifest\.json is not what was saved"):
        load_checkpoint(moved)


class Planted:
    """What an attacker would put into a pickle: code that runs when it is read."""

    ran = False

    def __reduce__(self) -> tuple[Callable, tuple]:
        return setattr, (Planted, "ran", True)


def test_a_class_in_the_state_is_refused_and_does_not_run(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, 12, weights(), state())
    torch.save({"progress": Planted()}, folder / "state.pt")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["sha256"]["state.pt"] = file_digest(folder / "state.pt")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(folder)
    assert not Planted.ran


def test_the_two_newest_stay(tmp_path: Path) -> None:
    for step in (5, 10, 99_999_999, 100_000_000):
        save_checkpoint(tmp_path, step, weights(step), state(step))
    assert names(tmp_path) == ["100000000", "99999999"]
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (found[1]["progress"]["step"], found[2]) == (100_000_000, [])
    save_checkpoint(tmp_path, 100_000_001, weights(), state(), keep=1)
    assert names(tmp_path) == ["100000001"]


def test_no_folder_and_an_empty_folder_have_no_checkpoint(tmp_path: Path) -> None:
    assert latest_checkpoint(tmp_path / "missing") is None
    assert latest_checkpoint(tmp_path) is None


def test_the_one_before_is_used_and_the_damaged_one_named(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 5, weights(5), state(5))
    newest = save_checkpoint(tmp_path, 10, weights(10), state(10))
    (newest / "state.pt").write_bytes(b"nothing")
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (float(found[0]["a.weight"][0, 0]), found[1]["progress"]["step"]) == (5.0, 5)
    assert found[2] == [f"the checkpoint {newest} is damaged: state.pt is not what was saved"]
    # Going on writes the damaged step anew, under a name of its own: nothing is ever replaced.
    save_checkpoint(tmp_path, 10, weights(11), state(10))
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (float(found[0]["a.weight"][0, 0]), found[2]) == (11.0, [])
    assert names(tmp_path) == ["00000005", "00000010-2"]


def test_damaged_checkpoints_of_later_steps_go_once_the_run_has_gone_on(tmp_path: Path) -> None:
    for step in (5, 10):
        save_checkpoint(tmp_path, step, weights(step), state(step))
    (tmp_path / "00000010" / "state.pt").write_bytes(b"nothing")
    save_checkpoint(tmp_path, 8, weights(8), state(8))
    assert names(tmp_path) == ["00000005", "00000008"]


def test_the_checkpoint_of_the_best_weights_stays(tmp_path: Path) -> None:
    for step in (5, 10, 15, 20):
        save_checkpoint(tmp_path, step, weights(step), state(step), best=5)
    assert names(tmp_path) == ["00000005", "00000015", "00000020"]
    save_checkpoint(tmp_path, 25, weights(25), state(25), best=25)
    assert names(tmp_path) == ["00000020", "00000025"]


def test_nothing_but_damaged_checkpoints_is_an_error_that_names_them(tmp_path: Path) -> None:
    for step in (5, 10):
        (save_checkpoint(tmp_path, step, weights(), state()) / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match=r"00000010 .*; .*00000005 .*; start the run again in a new folder"):
        latest_checkpoint(tmp_path)


def test_what_a_killed_save_has_left_is_passed_over_and_cleared(tmp_path: Path) -> None:
    kept = save_checkpoint(tmp_path, 5, weights(), state())
    shutil.copytree(kept, tmp_path / ".partial-00000010")
    shutil.copytree(kept, tmp_path / ".partial-00000007")
    (tmp_path / "12-notes").mkdir()
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (found[1]["progress"]["step"], found[2]) == (3, [])
    save_checkpoint(tmp_path, 10, weights(), state())
    assert names(tmp_path) == ["00000005", "00000010", "12-notes"]


def raising(error: Exception) -> Callable:
    def fail(*_, **__) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("where", "error", "cause"),
    [
        ("write_durably", OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        ("sync", OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk is full"),
        ("sync", OSError(errno.EIO, "Input/output error"), "Input/output error"),
        ("sync", OSError(), "OSError"),
    ],
)
def test_a_failing_disk_leaves_the_earlier_checkpoints(tmp_path: Path, monkeypatch, where, error, cause: str) -> None:
    for step in (5, 10):
        save_checkpoint(tmp_path, step, weights(step), state(step))
    monkeypatch.setattr(checkpoint, where, raising(error))
    with pytest.raises(StorageError) as caught:
        save_checkpoint(tmp_path, 15, weights(), state())
    start = f"the checkpoint {tmp_path / '00000015'} could not be written: {cause}; it takes 0.00 MB, and "
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(" MB are free there")
    assert names(tmp_path) == ["00000005", "00000010"]
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert (found[1]["progress"]["step"], found[2]) == (10, [])


@pytest.mark.parametrize("replaced", [False, True])
def test_a_rename_that_fails_leaves_the_earlier_checkpoints(tmp_path: Path, monkeypatch, replaced: bool) -> None:
    for step in (5, 10):
        save_checkpoint(tmp_path, step, weights(step), state(step))
    monkeypatch.setattr(Path, "rename", raising(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(StorageError, match="Input/output error"):
        save_checkpoint(tmp_path, 10 if replaced else 15, weights(), state())
    assert names(tmp_path) == ["00000005", "00000010"]
    assert float(load_checkpoint(tmp_path / "00000010")[0]["a.weight"][0, 0]) == 10


@pytest.mark.parametrize("big", ["weights", "state"])
def test_a_limit_of_the_operating_system_is_a_full_disk(tmp_path: Path, big: str) -> None:
    save_checkpoint(tmp_path, 5, weights(), state())
    many = {"many": torch.zeros(100_000)}
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(StorageError, match="could not be written: the disk is full"):
            save_checkpoint(tmp_path, 10, many if big == "weights" else weights(), many if big == "state" else state())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert names(tmp_path) == ["00000005"]
    load_checkpoint(tmp_path / "00000005")


def test_a_file_where_the_folder_should_be_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="could not be written"):
        save_checkpoint(tmp_path / "checkpoints", 1, weights(), state())


def test_the_digest_is_sha256(tmp_path: Path) -> None:
    # FIPS 180-2, appendix B.1.
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_digest(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
