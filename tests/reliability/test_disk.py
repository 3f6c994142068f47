"""A full disk: exit 5, what was needed, nothing half written, and the run goes on once there is room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tiny_runs import TINY_PLUGIN

from imbalearn_torch.errors import StorageError
from imbalearn_torch.experiments.observer import log_file, logger
from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.durable import write_durably


def test_a_save_that_the_system_refuses_leaves_the_earlier_checkpoints(
    imbalearn, stopped: Path, resumed, whole: Path, same
) -> None:
    # RLIMIT_FSIZE: larger files than that cannot be written; the smaller ones of the run can.
    limit = (stopped / "checkpoints" / "00000013" / "state.pt").stat().st_size - 1
    ended = imbalearn("resume", stopped, "--plugin", TINY_PLUGIN, largest_file=limit)
    assert ended.code == 5, ended.output
    assert "checkpoints/00000014 could not be written: the disk is full; it takes 0.0" in ended.output
    assert "MB are free there" in ended.output
    assert "Traceback" not in ended.output
    assert sorted(each.name for each in (stopped / "checkpoints").iterdir()) == ["00000012", "00000013"]
    assert not list(stopped.rglob(".partial-*"))
    found = latest_checkpoint(stopped / "checkpoints")
    assert found is not None
    assert found[2] == []
    assert resumed(stopped).code == 0
    same(stopped, whole)


def test_results_that_do_not_fit_are_a_sentence(imbalearn, command, tmp_path: Path) -> None:
    # Checkpoints fit, predictions do not: the training is not lost.
    ended = imbalearn(*command, "--out", tmp_path / "run", largest_file=25_000)
    assert ended.code == 5, ended.output
    assert "could not be written: the disk is full" in ended.output
    assert "Traceback" not in ended.output
    assert (tmp_path / "run" / "checkpoints" / "00000016").is_dir() or list(
        (tmp_path / "run" / "checkpoints").glob("00000016-*")
    )
    assert not (tmp_path / "run" / "manifest.json").exists()
    assert not list((tmp_path / "run").rglob(".partial-*"))


def test_a_full_device_is_an_error_when_writing() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_durably({Path("/dev/full"): b"content"})


def test_a_full_disk_under_the_log_does_not_end_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    with log_file(Path("/dev/full")):
        logger.info("a line that goes nowhere")
    assert capsys.readouterr() == ("", "")


def test_a_log_that_cannot_be_opened_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "log.txt").mkdir()
    with (
        pytest.raises(StorageError, match=r"log\.txt could not be written: Is a directory"),
        log_file(tmp_path / "log.txt"),
    ):
        pass


def test_everything_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imbalearn_torch.training.checkpoint import save_checkpoint

    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def noted_fsync(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        done.append(f"rename {target.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "rename", noted_rename)
    save_checkpoint(tmp_path / "run" / "checkpoints", 3, {}, {})
    # its own name in the folder above; the files; their names; then the new name, and the folder that has it
    assert done == [
        *("run", "weights.safetensors", "state.pt", "manifest.json"),
        *(".partial-00000003", "rename 00000003", "checkpoints"),
    ]


def test_every_file_of_a_run_is_on_the_disk_before_its_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imbalearn_torch.experiments.folder import RunFolder
    from imbalearn_torch.experiments.run_files import write_manifest

    done: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    folder = RunFolder(tmp_path)
    for epoch in (0, 1):
        folder.append_line("metrics.jsonl", {"epoch": epoch})
    monkeypatch.setattr(os, "fsync", noted)
    write_manifest(folder)
    assert done[:2] == ["metrics.jsonl", ".partial-manifest.json"]
