"""SIGKILL at any moment, also during a save: the run that goes on ends with the bits of one that was never stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from processes import Moment, send_at
from tiny_runs import TINY_PLUGIN, TINY_WORDS

from imbalearn_torch.training.checkpoint import latest_checkpoint, save_checkpoint

# A checkpoint after every step, so that most moments lie within a save.
OFTEN = ["--checkpoint-minutes", "0.000001", "--epochs", "3", "--quiet"]
RUNS = {
    "stateful loss, average, best weights": (
        "--sampler progressive --mix remix --loss seesaw --ema 0.2 --select best --patience 2 --schedule one-cycle"
    ),
    "deferred weights, shifted crops, muon": (
        "--mix balanced-mixup --loss vs --weights effective:start=0.5 --augment crop:pad=1+flip --optimizer muon"
    ),
    "streaming, learned prior, adjuster": (
        "--loader stream --workers 0 --sampler repeat-factor --loss lade --adjust logit-adjustment:tau=0.5"
    ),
}
PLUGIN = ["--plugin", str(TINY_PLUGIN)]


def words(name: str) -> list[str]:
    return [*TINY_WORDS, *RUNS[name].split(), *OFTEN]


@pytest.fixture(scope="module")
def whole(imbalearn, tmp_path_factory: pytest.TempPathFactory):
    """The run that nobody stops, by name; made once."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("whole") / "run"
            ended = imbalearn("run", *words(name), "--out", made[name])
            assert ended.code == 0, ended.output
        return made[name]

    return make


def kills(number: int) -> st.SearchStrategy:
    """Moments: the n-th touch of a file of the run, or some share of a second after the start."""
    touch = st.integers(1, 260).map(lambda count: Moment("/run/", count))
    return st.lists(st.one_of(touch, touch, st.floats(0.01, 1.0)), min_size=number, max_size=number)


def stopped_and_gone_on(imbalearn, folder: Path, name: str, moments: list) -> int:
    """Kill the run at each of the moments, then let it end; how many kills have met it alive."""
    met = 0
    for moment in moments:
        begun = (folder / "config.toml").exists()
        what = ["resume", folder, *PLUGIN, "--quiet"] if begun else ["run", *words(name), "--out", folder]
        is_exact = isinstance(moment, Moment)
        ended = imbalearn(*what, moment=moment) if is_exact else imbalearn.killed_after(moment, *what)
        assert ended.code in {0, -signal.SIGKILL}, ended.output
        met += ended.code == -signal.SIGKILL
    begun = (folder / "config.toml").exists()
    ended = imbalearn(*(["resume", folder, *PLUGIN] if begun else ["run", *words(name), "--out", folder]))
    assert ended.code == 0, ended.output
    return met


# Not shrunk: each example takes many runs.
KILLS = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}


LONG = [pytest.param(name, marks=[pytest.mark.long, pytest.mark.timeout(1800)]) for name in list(RUNS)[1:]]


@pytest.mark.parametrize("name", [next(iter(RUNS)), *LONG])
def test_two_kills_change_no_bit(imbalearn, whole, same, tmp_path: Path, name: str) -> None:
    @settings(max_examples=1, derandomize=True, **KILLS)
    @given(kills(2))
    def check(moments: list) -> None:
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        # hypothesis begins with the simplest moments; these are late enough that something has been trained
        late = [Moment(each.path, each.count + 30) if isinstance(each, Moment) else each for each in moments]
        assert stopped_and_gone_on(imbalearn, folder, name, late) > 0
        same(folder, whole(name))

    check()


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", RUNS)
def test_fifty_kills_change_no_bit(imbalearn, whole, same, tmp_path: Path, name: str) -> None:
    @settings(max_examples=5, **KILLS)
    @given(kills(10))
    def check(moments: list) -> None:
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        stopped_and_gone_on(imbalearn, folder, name, moments)
        same(folder, whole(name))

    check()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_kill_of_the_command_as_users_start_it(whole, same, tmp_path: Path) -> None:
    # The other tests fork a process that has imported everything; this one is `python -m imbalearn_torch`.
    name, folder = "stateful loss, average, best weights", tmp_path / "run"
    command = [sys.executable, "-m", "imbalearn_torch"]
    process = subprocess.Popen([*command, "run", *words(name), "--out", folder], stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list((folder / "checkpoints").glob(".partial-*"))) == 0:
        pass
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert subprocess.run([*command, "resume", folder, *PLUGIN, "--quiet"], check=False).returncode == 0
    same(folder, whole(name))


def test_a_kill_at_every_touch_of_a_save_loses_nothing(tmp_path: Path) -> None:
    """Old or new, whole, whatever the moment: also where a checkpoint of the same step is there already."""
    old, new = {"a": torch.zeros(5)}, {"a": torch.ones(5)}
    start = tmp_path / "start"
    for step in (2, 4, 8):
        save_checkpoint(start, step, old, {"step": step})
    newer = set()
    for step in (8, 12):
        for count in range(1, 200):
            folder = tmp_path / "checkpoints"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(start, folder)
            pid = os.fork()
            if not pid:
                send_at(Moment("checkpoints", count))
                save_checkpoint(folder, step, new, {"step": step, "new": True})
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            found = latest_checkpoint(folder)
            assert found is not None
            weights, state, problems = found
            assert problems == []
            assert torch.equal(weights["a"], (new if "new" in state else old)["a"])
            newer.add("new" in state)
            if code == 0:  # it was not touched so often
                assert "new" in state
                break
            assert code == -signal.SIGKILL
            save_checkpoint(folder, 16, new, {"step": 16})
            assert not list(folder.glob(".partial-*"))
            assert len(list(folder.iterdir())) == 2
        else:
            pytest.fail("a save touches fewer files than that")
    assert newer == {False, True}
