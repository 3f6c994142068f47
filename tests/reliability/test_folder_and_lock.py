"""The output folder: checked before data are read, never shared by two runs or two processes."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from processes import Moment
from tiny_runs import TINY_PLUGIN

from imbalearn_torch.experiments.folder import RunFolder

# A data set that leaves a trace once it is read.
TRACING = """
from pathlib import Path
from imbalearn_torch import Component, hookimpl

@hookimpl
def imbalearn_datasets():
    yield Component(name="tracing", factory="tracing:make")

def make(*, trace: str):
    Path(trace).write_text("read")
    raise SystemExit(9)
"""


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/imbalearn"])
def test_a_folder_that_cannot_be_made_is_found_before_data_are_read(imbalearn, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "tracing.py").write_text(TRACING, encoding="utf-8")
    data = ("--data", f"tracing:trace={tmp_path / 'trace'}", "--plugin", tmp_path / "tracing.py")
    ended = imbalearn("run", *data, "--out", tmp_path / place)
    assert ended.code == 2, ended.output
    assert f"error: the output folder {tmp_path / place} " in ended.output
    assert not (tmp_path / "trace").exists()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_another_run_is_refused_and_unchanged(imbalearn, command, stopped: Path) -> None:
    before = {each: each.stat().st_mtime_ns for each in stopped.rglob("*")}
    ended = imbalearn(*command, "--seed", "5", "--out", stopped)
    assert ended.code == 2, ended.output
    assert f"holds a run; go on with `imbalearn resume {stopped}` or give another --out" in ended.output
    assert {each: each.stat().st_mtime_ns for each in stopped.rglob("*")} == before


def test_a_second_process_is_refused_and_a_killed_one_frees_the_lock(
    imbalearn, stopped: Path, resumed, whole: Path, same
) -> None:
    first = imbalearn.start("resume", stopped, "--plugin", TINY_PLUGIN)
    lock = stopped / ".lock"
    while not lock.exists() or not lock.read_text(encoding="utf-8"):
        time.sleep(0.001)
    os.kill(first, signal.SIGSTOP)
    try:
        ended = resumed(stopped)
        assert ended.code == 2, ended.output
        assert f"the output folder {stopped} is in use by process {first} on {socket.gethostname()}" in ended.output
    finally:
        os.kill(first, signal.SIGKILL)
        assert imbalearn.wait(first).code == -signal.SIGKILL
    assert lock.exists()  # its file stays, and means nothing
    assert resumed(stopped).code == 0
    same(stopped, whole)


def test_a_process_that_comes_as_another_one_ends_the_run_changes_nothing(imbalearn, stopped: Path, resumed) -> None:
    # It has seen a run that is not finished, and has not asked for the lock yet.
    late = imbalearn.start("resume", stopped, "--plugin", TINY_PLUGIN, moment=Moment("config.toml", 1, signal.SIGSTOP))
    try:
        while Path(f"/proc/{late}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        assert resumed(stopped).code == 0
        before = {each: each.stat().st_mtime_ns for each in stopped.rglob("*")}
    finally:
        os.kill(late, signal.SIGCONT)
        ended = imbalearn.wait(late)
    assert ended.code == 0, ended.output
    assert f"the run in {stopped} is finished" in ended.output
    assert {each: each.stat().st_mtime_ns for each in stopped.rglob("*")} == before


def test_what_a_killed_process_has_left_is_cleared_at_the_start(tmp_path: Path) -> None:
    (tmp_path / ".partial-config.toml").write_text("schema_ver", encoding="utf-8")  # before there was a run
    folder = RunFolder(tmp_path)
    folder.create({})
    folder.release()
    (tmp_path / ".partial-result.json").write_text("{", encoding="utf-8")
    (folder.checkpoints / ".partial-00000003").mkdir(parents=True)
    (folder.checkpoints / ".partial-00000003" / "state.pt").write_bytes(b"half")
    folder.acquire()
    folder.release()
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["checkpoints", "config.toml"]
