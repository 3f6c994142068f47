"""Real comparisons of runs that take half a second each."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import TINY, TINY_PLUGIN

import imbalearn_torch as ibt
from imbalearn_torch.errors import CheckpointError, ConfigError, OptionError, RunFolderError, RunInterrupted
from imbalearn_torch.experiments import carry_out as carrying
from imbalearn_torch.experiments.carry_out import ComparisonObserver, carry_out, describe
from imbalearn_torch.experiments.compare import Comparison, Plan, plan_comparison
from imbalearn_torch.experiments.grid import expand
from imbalearn_torch.experiments.task import Outcome
from imbalearn_torch.plugin.registry import registry

GRID = {**TINY, "loss": ["ce", "balanced-softmax"]}


def plan(out: Path, seeds: int = 2, **changes: Any) -> Plan:
    given = {name: each if isinstance(each, list) else [each] for name, each in {**GRID, **changes}.items()}
    return plan_comparison(
        expand(given), seeds=seeds, pool={"backend": "sequential"}, out=out, known=registry([TINY_PLUGIN])
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return ibt.compare(GRID, seeds=2, out=tmp_path_factory.mktemp("compare") / "it", plugin_files=[TINY_PLUGIN])


@pytest.fixture
def copied(finished: Comparison, tmp_path: Path) -> Path:
    shutil.copytree(finished.folder, tmp_path / "copied")
    return tmp_path / "copied"


def test_rows_of_the_contract(finished: Comparison) -> None:
    record = json.loads((finished.folder / "leaderboard.json").read_text(encoding="utf-8"))
    assert record.pop("schema_version") == 1
    assert record == finished.record
    assert [row["name"] for row in finished.rows] == ["loss=ce", "loss=balanced-softmax"]
    first, second = finished.rows
    assert {"name", "config", "seeds", "metrics", "difference", "failed", "folders"} <= set(first)
    assert (first["seeds"], first["failed"], first["difference"]) == ([0, 1], [], None)
    stored = [json.loads((Path(each) / "result.json").read_text(encoding="utf-8")) for each in second["folders"]]
    expected = [each["metrics"]["test"]["macro_f1"] for each in stored]
    assert second["metrics"]["macro_f1"]["values"] == expected
    pairs = zip(expected, first["metrics"]["macro_f1"]["values"], strict=True)
    assert second["difference"]["macro_f1"]["mean"] == pytest.approx(sum(a - b for a, b in pairs) / 2)
    assert record["steps"] == {"loss=ce": 16, "loss=balanced-softmax": 16}
    assert "loss=balanced-softmax" in (finished.folder / "leaderboard.html").read_text(encoding="utf-8")
    assert not list(finished.folder.glob(".*"))


def test_each_seed_has_its_own_images(finished: Comparison) -> None:
    kept = [
        json.loads((Path(each) / "subset.json").read_text(encoding="utf-8")) for each in finished.rows[0]["folders"]
    ]
    assert [each["subset_seed"] for each in kept] == [0, 1]
    assert kept[0]["indices"] != kept[1]["indices"]


def test_finished_runs_are_not_repeated_and_more_may_be_asked_for(copied: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in copied.glob("*/*") if file.is_file()}
    again = plan(copied)
    assert {state.value for state in again.states.values()} == {"finished"}
    more = carry_out(plan(copied, seeds=3, loss=["ce", "balanced-softmax", "focal"]))
    assert [row["name"] for row in more.rows] == ["loss=ce", "loss=balanced-softmax", "loss=focal"]
    assert more.rows[2]["seeds"] == [0, 1, 2]
    assert len(list(copied.glob("*/manifest.json"))) == 9
    assert all(file.stat().st_mtime_ns == when for file, when in before.items())
    # Less than is there would look like another comparison.
    with pytest.raises(RunFolderError, match=r"holds another comparison \(method 'loss=focal' there, not here; seed2"):
        plan(copied)


def test_another_configuration_is_another_comparison(copied: Path) -> None:
    with pytest.raises(
        RunFolderError, match="method 'loss=ce': epochs 2 there, 3 here; method 'loss=balanced-softmax'"
    ):
        plan(copied, epochs=3)


def run_of(folder: Path) -> Path:
    return next(folder.glob("loss=ce-*-seed0"))


def test_a_run_that_is_deleted_is_repeated_to_the_same_figures(copied: Path, finished: Comparison) -> None:
    shutil.rmtree(run_of(copied))
    again = carry_out(plan(copied))
    assert again.rows[0]["metrics"]["macro_f1"] == finished.rows[0]["metrics"]["macro_f1"]


def tear(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_text("{", encoding="utf-8")


def change(folder: Path) -> None:
    file = folder / "config.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("epochs = 2", "epochs = 9"), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "kind", "message"),
    [
        (tear("result.json"), CheckpointError, "result.json is not what the run wrote.*delete the folder to repeat"),
        (tear("../comparison.json"), CheckpointError, "comparison.json cannot be read"),
        (tear("config.toml"), CheckpointError, "config.toml cannot be read.*delete the folder to repeat"),
        (
            lambda folder: (folder / "config.toml").unlink(),
            RunFolderError,
            "parts of a run, but no config.toml; delete",
        ),
        (change, RunFolderError, r"another configuration \(epochs 9 there, 2 here\)"),
        (lambda folder: (shutil.rmtree(folder), folder.touch()), RunFolderError, "is a file"),
    ],
)
def test_what_is_damaged_is_found_before_training(
    damage: Callable[[Path], object], kind: type[Exception], message: str, copied: Path
) -> None:
    damage(run_of(copied))
    with pytest.raises(kind, match=message):
        plan(copied)


def test_folders_of_something_else(finished: Comparison, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="holds a run, no comparison"):
        plan(Path(finished.rows[0]["folders"][0]))
    (tmp_path / "letters.txt").touch()
    with pytest.raises(RunFolderError, match=r"is no comparison, but holds letters\.txt"):
        plan(tmp_path)
    with pytest.raises(RunFolderError, match="is a file"):
        plan(tmp_path / "letters.txt")


def test_two_processes_do_not_share_a_folder(copied: Path) -> None:
    first, second = plan(copied), plan(copied)
    first.folder.open()
    with pytest.raises(RunFolderError, match=f"in use by process {os.getpid()}"):
        carry_out(second)
    first.folder.release()


class AfterFirst(ComparisonObserver):
    """Sends this process a signal when the first run has ended."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, []

    def on_run(self, outcome: Outcome) -> None:
        self.seen.append(outcome.status)
        if len(self.seen) == 1:
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_grid_and_the_same_command_goes_on(
    number: int, exit_code: int, tmp_path: Path, finished: Comparison
) -> None:
    observer, out = AfterFirst(number), tmp_path / "it"
    with pytest.raises(RunInterrupted, match=rf"1 of 4 runs done; go on with: imbalearn compare --out {out}") as raised:
        carry_out(plan(out), observer=observer, command=["imbalearn", "compare"])
    assert raised.value.exit_code == exit_code
    assert observer.seen == ["finished", "interrupted", "interrupted", "interrupted"]
    assert not (out / "leaderboard.json").exists()
    assert not list(out.glob(".*"))
    again = carry_out(plan(out))
    assert [row["metrics"]["macro_f1"] for row in again.rows] == [row["metrics"]["macro_f1"] for row in finished.rows]


def test_a_diverged_run_stays_as_failed_and_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"optimizer": "sgd", "schedule": "constant", "lr": [0.05, 1e30], "loss": "ce"}
    done = carry_out(plan(tmp_path / "it", **rates))
    assert done.exit_code == 0
    good, bad = done.rows
    assert good["failed"] == []
    assert [each["seed"] for each in bad["failed"]] == [0, 1]
    assert "is not finite in epoch 1" in bad["failed"][0]["reason"]
    assert bad["metrics"]["macro_f1"]["mean"] is None
    assert any(warning.startswith("lr=1e+30: seed 0 failed") for warning in done.warnings)
    # One file says so, that of every run.
    assert {file.name for file in Path(bad["folders"][0]).glob("fail*")} == {"failure.json"}
    monkeypatch.setattr(carrying, "do_tasks", lambda tasks, *others: pytest.fail("tried again") if tasks else None)
    again = carry_out(plan(tmp_path / "it", **rates))
    assert again.rows == done.rows


def test_a_first_method_that_diverged_is_said_to_be_no_reference(tmp_path: Path) -> None:
    rates = {"optimizer": "sgd", "schedule": "constant", "lr": [1e30, 0.05], "loss": "ce"}
    done = carry_out(plan(tmp_path / "it", seeds=1, **rates))
    assert "the first method, lr=1e+30, has no figure, so no method has a difference to it" in done.warnings
    assert "has no figure, so there is no difference to it" in (done.folder / "leaderboard.html").read_text("utf-8")


def test_where_everything_diverged_the_exit_code_says_so(tmp_path: Path) -> None:
    rates = {"optimizer": "sgd", "schedule": "constant", "lr": 1e30, "loss": "ce"}
    assert carry_out(plan(tmp_path / "it", seeds=1, **rates)).exit_code == 3


def test_an_unexpected_error_fails_one_row_and_shows_its_traceback(tmp_path: Path) -> None:
    seen: list[Outcome] = []

    class Watcher(ComparisonObserver):
        def on_run(self, outcome: Outcome) -> None:
            seen.append(outcome)

    done = carry_out(plan(tmp_path / "it", seeds=1, loss="ce", backbone=["linear", "clumsy"]), observer=Watcher())
    assert done.exit_code == 1
    assert [len(row["failed"]) for row in done.rows] == [0, 1]
    assert done.rows[1]["failed"][0]["reason"] == "KeyError: 'a plain mistake'"
    assert "Traceback" in seen[1].details
    # It may have been the disk, or the plugin is mended: the same command tries it again.
    again = plan(tmp_path / "it", seeds=1, loss="ce", backbone=["linear", "clumsy"])
    assert [state.value == "finished" for state in again.states.values()] == [True, False]


def test_unequal_steps_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    longer = {"loss": "ce", "epochs": [1, 2]}
    with pytest.raises(ConfigError, match="different numbers of optimiser steps"):
        carry_out(plan(tmp_path / "it", **longer))
    assert not list(tmp_path.iterdir())
    described = describe(plan(tmp_path / "it", **longer), allow_unequal_steps=True)
    assert (described["runs"], described["steps"]) == (4, 2 * (8 + 16))
    assert any(warning.startswith("unequal optimiser steps") for warning in described["warnings"])
    assert not list(tmp_path.iterdir())


def test_workers_beside_this_process_know_the_plugin_file(tmp_path: Path, finished: Comparison) -> None:
    done = ibt.compare(
        {**GRID, "backbone": "printing"}, seeds=2, jobs=2, out=tmp_path / "it", plugin_files=[TINY_PLUGIN]
    )
    values = [row["metrics"]["macro_f1"]["values"] for row in done.rows]
    assert values == [row["metrics"]["macro_f1"]["values"] for row in finished.rows]
    for row in done.rows:
        assert all("printed by a component" in (Path(each) / "log.txt").read_text() for each in row["folders"])


def test_configurations_and_objects_from_python(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    configs = {
        "ours": ibt.RunConfig(**TINY, loss=torch.nn.CrossEntropyLoss(reduction="none")),
        "ce": ibt.RunConfig(**TINY, loss="ce"),
    }
    done = ibt.compare(configs, seeds=[5], out=tmp_path / "it", plugin_files=[TINY_PLUGIN])
    assert [row["name"] for row in done.rows] == ["ours", "ce"]
    # The same loss.
    assert done.rows[1]["difference"]["macro_f1"]["mean"] == pytest.approx(0, abs=1e-6)
    assert done.rows[1]["difference"]["macro_f1"]["low"] is None
    assert ibt.compare(configs, seeds=[5], out=tmp_path / "it", plugin_files=[TINY_PLUGIN]).rows == done.rows


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (([],), ConfigError, "no method to compare"),
        ((["ce"],), OptionError, "Expected `methods` to be RunConfig objects"),
        (({"a": ibt.RunConfig(), "loss": "ce"},), ConfigError, "is a grid and holds none"),
        (({"los": ["ce", "focal"]},), ConfigError, "unknown option 'los'"),
    ],
)
def test_what_is_no_list_of_methods(arguments: tuple[Any], kind: type[Exception], message: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=message):
        ibt.compare(*arguments, out=tmp_path / "it")
    assert not list(tmp_path.iterdir())
