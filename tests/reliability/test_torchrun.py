"""What a run on several processes promises when one of them dies, is stopped, or fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.backends.backend_svg
import pytest
import sklearn.datasets
import torch._dynamo
from ranks import Ranks

from imbalearn_torch.cli import main
from imbalearn_torch.experiments import train
from imbalearn_torch.reporting import run_figures

PLUGIN = Path(__file__).parents[1] / "support" / "faulty_ranks.py"
IMPORTED_ONCE = (train, run_figures, sklearn.datasets, matplotlib.backends.backend_svg, torch._dynamo)  # not by each
WORDS = ["--imbalance", "step:ratio=3,n_max=20", "--optimizer", "sgd:lr=0.05", "--epochs", "2", "--threads", "1"]
WORDS += ["--precision", "fp32", "--backbone", "mortal", "--plugin", str(PLUGIN)]
BYTES = ("model.safetensors", "predictions.npz", "per_class.csv", "confusion.csv")


def command(*words: str) -> Callable[[int], None]:
    """`imbalearn ...` in a forked process."""

    def work(_: int) -> None:
        sys.argv[1:] = words
        main()

    return work


def run(folder: Path, *words: str, **launch: Any) -> Ranks:
    return Ranks(2, command("run", *WORDS, "--out", str(folder), *words), **{"launch": "job-1", **launch})


def rows(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [{name: value for name, value in json.loads(line).items() if "second" not in name} for line in lines]


def same(one: Path, other: Path) -> None:
    for name in BYTES:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert rows(one) == rows(other)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uninterrupted run on two processes."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    ranks = run(folder)
    assert ranks.exit_codes() == [0, 0], ranks.said(0)
    assert ranks.said(1) == ""  # the others say nothing
    return folder


def torchrun(folder: Path, *words: str, restarts: int = 0, **environment: str) -> subprocess.Popen[str]:
    started = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    started += ["--max-restarts", str(restarts), "-m", "imbalearn_torch", "run", *WORDS, "--out", str(folder), *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    return subprocess.Popen(started, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_after_sigkill_of_one_process_the_same_command_comes_to_the_same_end(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KILL_AT", "12")
    ranks = run(tmp_path / "run")
    assert ranks.exit_codes() == [1, -signal.SIGKILL]
    assert ranks.said(0).splitlines()[-1].startswith("error: another process of this run is gone")
    assert run(tmp_path / "run", restarts=1).exit_codes() == [0, 0]
    same(whole, tmp_path / "run")


def test_another_number_of_processes_is_said_in_log_and_result(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, words = tmp_path / "run", ("was gone on with by another number of processes", "(2, then 1)")
    monkeypatch.setenv("TEST_KILL_AT", "12")
    assert run(folder).exit_codes() == [1, -signal.SIGKILL]
    monkeypatch.delenv("TEST_KILL_AT")
    alone = Ranks(1, command("resume", str(folder), "--plugin", str(PLUGIN)))
    assert alone.exit_codes() == [0], alone.said(0)
    warnings, others = (json.loads((each / "result.json").read_text())["warnings"] for each in (folder, whole))
    assert [each for each in warnings if each not in others] == [each for each in warnings if words[0] in each] != []
    for told in (*warnings[-1:], (folder / "log.txt").read_text(encoding="utf-8"), alone.said(0).replace("\n", " ")):
        assert told.count(words[0]) == told.count(words[1]) == 1


def test_a_signal_stops_all_after_the_same_step_and_the_command_goes_on(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    ranks = run(folder, "--epochs", "2000")
    until((folder / "checkpoints").is_dir)
    os.kill(ranks.processes[1].pid or 0, signal.SIGTERM)  # one that hears of it is enough
    assert ranks.exit_codes() == [143, 143], ranks.said(0)
    assert ranks.said(0).count("go on with: torchrun --nproc-per-node 2 -m imbalearn_torch resume ") == 1
    assert ranks.said(1) == ""
    stopped = len(rows(folder))
    again = run(folder, "--epochs", "2000", restarts=1)
    until(lambda: len(rows(folder)) > stopped)
    for process in again.processes:
        os.kill(process.pid or 0, signal.SIGINT)
    assert again.exit_codes() == [130, 130]
    assert rows(folder)[:2] != rows(whole)  # another schedule
    assert [row["epoch"] for row in rows(folder)] == list(range(len(rows(folder))))


def until(there: Callable[[], bool]) -> None:
    for _ in range(1200):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.mark.parametrize(
    ("words", "codes", "message"),
    [
        (["--loss", "diverging", "--backbone", "linear"], [3, 3], "is not finite in epoch 1, step 4"),
        (["--mix", "odd", "--backbone", "linear"], [1, 2], "Expected the mix to give lam in [0, 1]"),
    ],
)
def test_what_failed_for_its_own_reasons_is_not_started_again(
    tmp_path: Path, words: list[str], codes: list[int], message: str
) -> None:
    folder = tmp_path / "run"
    ranks = run(folder, *words)
    assert ranks.exit_codes() == codes
    said = ranks.said(0) + ranks.said(1)
    assert said.count(message) == 1, said
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    again = run(folder, *words, restarts=1)
    assert again.exit_codes() == [codes[1]] * 2
    assert again.said(0).count(message) == 1
    assert "it would again: begin another run, or delete " in again.said(0)
    assert again.said(1) == ""
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_a_plain_mistake_of_one_process_ends_all(tmp_path: Path) -> None:
    ranks = run(tmp_path / "run", "--backbone", "clumsy")
    assert ranks.exit_codes() == [1, 1]
    assert ranks.said(0).splitlines()[-1].startswith("error: another process of this run is gone")
    assert "KeyError: 'a plain mistake'" in ranks.said(1)


def test_the_same_command_over_its_own_finished_run_says_so(whole: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in whole.rglob("*")}
    ranks = run(whole)
    assert ranks.exit_codes() == [0, 0]
    assert f"the run in {whole} is finished" in ranks.said(0)
    assert {file: file.stat().st_mtime_ns for file in whole.rglob("*")} == before
    other = run(whole, "--seed", "5")
    assert other.exit_codes() == [2, 2]
    assert "holds a run of another configuration (seed 0 there, 5 here)" in other.said(0)
    assert other.said(1) == ""


def test_without_out_a_restart_finds_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for restarts in (0, 1):
        words = ("run", *WORDS, "--loss", "diverging", "--backbone", "linear")
        ranks = Ranks(2, command(*words), launch="job/7", restarts=restarts)
        assert ranks.exit_codes() == [3, 3], ranks.said(0)
    assert [each.name for each in (tmp_path / "runs").iterdir()] == ["instance-none-diverging-job-7"]
    assert "it would again" in ranks.said(0)


@pytest.mark.long
def test_torchrun_starts_the_run_again_after_sigkill_of_one_process(whole: Path, tmp_path: Path) -> None:
    process = torchrun(tmp_path / "run", restarts=1, TEST_KILL_AT="12")
    said, _ = process.communicate(timeout=200)
    assert process.returncode == 0, said
    same(whole, tmp_path / "run")
    assert said.count("epochs of 8 steps") == 2  # begun, and gone on with


@pytest.mark.long
def test_torchrun_that_is_stopped_leaves_a_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = torchrun(folder, "--epochs", "2000", restarts=3)
    until((folder / "checkpoints").is_dir)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=100)
    assert process.returncode != 0
    assert said.count("go on with: torchrun --nproc-per-node 2 -m imbalearn_torch resume ") == 1
    saved = max(int(each.name) for each in (folder / "checkpoints").iterdir())
    assert saved >= 8 * len(rows(folder))


@pytest.mark.long
def test_torchrun_does_not_start_a_diverged_run_for_ever(tmp_path: Path) -> None:
    process = torchrun(tmp_path / "run", "--loss", "diverging", "--backbone", "linear", restarts=2)
    said, _ = process.communicate(timeout=200)
    assert process.returncode != 0
    assert said.count("epochs of 8 steps") == 1
    assert said.count("is not finite in epoch 1, step 4") == 3  # each start says why, and trains nothing
