"""Runs that differ in their adjusters alone are trained once, and end as if each had been trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import TINY, TINY_PLUGIN

import imbalearn_torch as ibt
from imbalearn_torch.experiments.carry_out import carry_out, describe
from imbalearn_torch.experiments.compare import Comparison, Plan, plan_comparison
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.grid import base_of_recipe, expand
from imbalearn_torch.experiments.run_states import RunState
from imbalearn_torch.experiments.train_once import trained_by
from imbalearn_torch.plugin.registry import registry

# With features, a head and the training part (crt), with what is tuned (temperature), with nothing.
ADJUST = ["none", "crt:epochs=1+temperature", "logit-adjustment:tau=0.5"]
GRID: dict[str, Any] = {**TINY, "backbone": "small-cnn", "loss": "ce", "adjust": ADJUST}
# Everything else holds a time, a path or the name of the run.
SAME = ("model.safetensors", "predictions.npz", "mistakes.npz", "per_class.csv", "confusion.csv", "subset.json")


def plan(out: Path, seeds: int = 1, **changes: Any) -> Plan:
    given = {name: each if isinstance(each, list) else [each] for name, each in {**GRID, **changes}.items()}
    known = registry([TINY_PLUGIN] if "backbone" in changes else [])
    return plan_comparison(expand(given), seeds=seeds, pool={"backend": "sequential"}, out=out, known=known)


def epochs_in_log(folder: Path) -> int:
    return (folder / "log.txt").read_text(encoding="utf-8").count("train loss")


def folders(done: Comparison) -> list[Path]:
    return [Path(row["folders"][0]) for row in done.rows]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return carry_out(plan(tmp_path_factory.mktemp("once") / "it"))


def test_the_first_one_is_trained(done: Comparison) -> None:
    assert [epochs_in_log(folder) for folder in folders(done)] == [2, 0, 0]
    trained, *others = folders(done)
    for folder in others:
        assert f"differs in its adjusters alone from {trained.absolute()}" in (folder / "log.txt").read_text()


@pytest.mark.parametrize("row", range(len(ADJUST)))
def test_each_folder_is_that_of_a_run_that_was_trained(done: Comparison, row: int, tmp_path: Path) -> None:
    folder, alone = folders(done)[row], tmp_path / "alone"
    [draft] = expand({name: [each] for name, each in {**GRID, "adjust": ADJUST[row]}.items()})
    ibt.run(RunConfig(**draft.values, seed=0), out=alone)
    assert {file.name for file in folder.iterdir()} == {file.name for file in alone.iterdir()}
    for name in SAME:
        assert (folder / name).read_bytes() == (alone / name).read_bytes(), name
    assert (folder / "config.toml").read_text() == (alone / "config.toml").read_text()
    ours, theirs = (json.loads((each / "result.json").read_text(encoding="utf-8")) for each in (folder, alone))
    for name in ("config", "metrics", "adjusted", "data", "warnings", "double_corrections", "environment"):
        assert ours[name] == theirs[name], name
    # A training that was done elsewhere was done.
    assert ours["timing"]["total_seconds"] >= ours["timing"]["train_seconds"] > 0


def test_two_recipes_that_differ_in_their_adjusters_alone_are_trained_once(tmp_path: Path) -> None:
    for name, adjust in (("plain", "none"), ("moved", "logit-adjustment")):
        text = f'[run]\ndata = "digits"\nadjust = {[] if adjust == "none" else [adjust]}\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    bases = [base_of_recipe(str(tmp_path / f"{name}.toml")) for name in ("plain", "moved")]
    common = {name: [each] for name, each in {**TINY, "backbone": "small-cnn"}.items()}
    drafts = expand(common, bases)
    planned = plan_comparison(drafts, seeds=1, pool={"backend": "sequential"}, out=tmp_path / "it", known=registry())
    assert describe(planned)["steps"] == describe(planned)["rows"][0]["steps"]
    first, second = folders(carry_out(planned))
    assert [epochs_in_log(folder) for folder in (first, second)] == [2, 0]
    for folder, name in ((first, "plain"), (second, "moved")):
        assert f'recipe = "{tmp_path / name}.toml"' in (folder / "config.toml").read_text()
    # The same command goes on, also where the recipes have moved.
    for name in ("plain", "moved"):
        (tmp_path / f"{name}.toml").rename(tmp_path / f"{name}2.toml")
    bases = [base_of_recipe(str(tmp_path / f"{name}2.toml")) for name in ("plain", "moved")]
    again = plan_comparison(
        expand(common, bases), seeds=1, pool={"backend": "sequential"}, out=tmp_path / "it", known=registry()
    )
    assert describe(again)["steps"] == 0
    assert set(again.states.values()) == {RunState.FINISHED}


def test_an_adjuster_that_is_added_takes_the_run_that_is_there(done: Comparison, tmp_path: Path) -> None:
    shutil.copytree(done.folder, tmp_path / "it")
    more = carry_out(plan(tmp_path / "it", adjust=[*ADJUST, "tau-norm"]))
    assert [epochs_in_log(folder) for folder in folders(more)] == [2, 0, 0, 0]
    assert [row["metrics"]["macro_f1"] for row in more.rows[:3]] == [row["metrics"]["macro_f1"] for row in done.rows]


def test_without_its_checkpoints_nothing_can_be_taken_over(done: Comparison, tmp_path: Path) -> None:
    shutil.copytree(done.folder, tmp_path / "it")
    trained, _, last = (tmp_path / "it" / folder.name for folder in folders(done))
    shutil.rmtree(trained / "checkpoints")
    shutil.rmtree(last)
    again = carry_out(plan(tmp_path / "it"))
    assert epochs_in_log(last) == 2
    assert again.rows[2]["metrics"]["macro_f1"] == done.rows[2]["metrics"]["macro_f1"]


def test_a_folder_that_was_only_begun_is_filled(done: Comparison, tmp_path: Path) -> None:
    shutil.copytree(done.folder, tmp_path / "it")
    last = tmp_path / "it" / folders(done)[2].name
    for each in [file for file in last.iterdir() if file.name != "config.toml"]:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    again = carry_out(plan(tmp_path / "it"))
    assert epochs_in_log(last) == 0
    assert again.rows[2]["metrics"]["macro_f1"] == done.rows[2]["metrics"]["macro_f1"]


def test_what_diverges_is_not_taken_over(tmp_path: Path) -> None:
    rates = {"backbone": "linear", "optimizer": "sgd:lr=1e30", "schedule": "constant"}
    done = carry_out(plan(tmp_path / "it", **rates, adjust=["none", "logit-adjustment"]))
    assert [len(row["failed"]) for row in done.rows] == [1, 1]
    assert done.exit_code == 3


def test_dry_run_counts_what_is_trained(tmp_path: Path) -> None:
    described = describe(plan(tmp_path / "it", seeds=2, backbone="linear", adjust=["none", "logit-adjustment"]))
    assert [row["steps"] for row in described["rows"]] == [16, 16]
    assert (described["runs"], described["steps"]) == (4, 2 * 16)


def test_which_runs_are_alike() -> None:
    names = {
        "a": RunConfig(seed=0),
        "b": RunConfig(seed=0, adjust=("logit-adjustment",)),
        "c": RunConfig(seed=1, adjust=("logit-adjustment",)),
        "d": RunConfig(seed=0, loss="focal", adjust=("logit-adjustment",)),
        "e": RunConfig(seed=0, adjust=(object(),)),
        "f": RunConfig(seed=0, loss=object()),
        "g": RunConfig(seed=0, loss=object(), adjust=("logit-adjustment",)),
    }
    assert trained_by([(Path(name), config) for name, config in names.items()]) == {Path("b"): Path("a")}
