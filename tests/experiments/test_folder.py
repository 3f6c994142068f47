from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from imbalearn_torch.errors import RunFolderError, StorageError
from imbalearn_torch.experiments.folder import RunFolder, default_folder


def test_folder_is_made_locked_and_holds_its_config(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "a" / "b")
    folder.create({"loss": "ce"})
    assert (folder.path / "config.toml").read_text(encoding="utf-8") == 'schema_version = 1\nloss = "ce"\n'
    with pytest.raises(RunFolderError, match=rf"in use by process {os.getpid()} on "):
        RunFolder(folder.path).acquire()
    folder.release()
    assert [each.name for each in folder.path.iterdir()] == ["config.toml"]


def test_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    first = RunFolder(tmp_path / "run")
    first.create({})
    first.release()
    with pytest.raises(RunFolderError, match="holds a run; go on with `imbalearn resume"):
        RunFolder(tmp_path / "run").create({})


def test_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RunFolderError, match=r"not empty \(it holds notes.txt\)"):
        RunFolder(tmp_path).create({})
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RunFolderError, match="is a file"):
        RunFolder(tmp_path / "file").create({})
    with pytest.raises(RunFolderError, match="cannot be written"):
        RunFolder(tmp_path / "file" / "below").create({})
    with pytest.raises(RunFolderError, match="cannot be written"):
        RunFolder(Path("/proc/imbalearn")).create({})


def test_unused_folder_is_taken_back_but_a_used_one_stays(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create({})
    folder.discard_if_unused()
    assert not folder.path.exists()
    folder.create({})
    folder.append_line("metrics.jsonl", {"epoch": 0})
    folder.discard_if_unused()
    assert (folder.path / "metrics.jsonl").exists()
    folder.release()


def test_json_is_strict_and_versioned(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_json("a.json", {"name": "é"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"schema_version": 1, "name": "é"}
    with pytest.raises(ValueError, match="JSON"):
        folder.write_json("b.json", {"value": float("nan")})
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json"]


def test_full_disk_is_a_sentence() -> None:
    with pytest.raises(StorageError, match="/dev/full could not be written: the disk is full"):
        RunFolder(Path("/dev")).append_line("full", {"epoch": 0})


def test_default_folder_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = default_folder("ce")
    first.mkdir(parents=True)
    assert first.parent == Path("runs")
    assert first.name.endswith("-ce")
    assert default_folder("ce") != first
