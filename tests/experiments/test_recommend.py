"""A recipe for a distribution of classes, from what was measured."""

from __future__ import annotations

import json
import shlex

import pytest

from benchmarks.studies.measured import measured_tasks
from imbalearn_torch.experiments.recipes import recipe_names
from imbalearn_torch.experiments.recommend import MEASURED, recommend

GIVEN = {"data": "./my flowers", "imbalance": "none"}


def test_the_packaged_figures_are_the_committed_ones() -> None:
    packaged = json.loads(MEASURED.read_text(encoding="utf-8"))
    assert packaged == measured_tasks()
    assert {row["recipe"] for task in packaged["tasks"] for row in task["rows"]} <= set(recipe_names())


def test_even_data_need_nothing() -> None:
    found = recommend([100, 100, 90], GIVEN)
    assert (found["recipe"], found["command"]) == ("erm", "imbalearn run --data './my flowers' --imbalance none")


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_without_images_nothing_is_corrected(counts: list[int]) -> None:
    assert recommend(counts, GIVEN)["recipe"] == "erm"


def test_the_best_of_the_nearest_task_is_recommended_with_its_figures() -> None:
    task = measured_tasks()["tasks"][0]
    best = max(task["rows"], key=lambda row: sum(row["macro_f1"]))
    found = recommend([5000] + [500] * 9, GIVEN)
    assert found["recipe"] == best["recipe"]
    assert f"macro-F1 {sum(best['macro_f1']) / len(best['macro_f1']):.4f}" in found["reasons"][0]
    assert shlex.split(found["command"])[-len(best["options"]) :] == best["options"]


def test_the_command_names_the_plugin_file_that_has_the_data() -> None:
    found = recommend([100, 100, 90], {"data": "local/mine"}, ["my file.py"])
    assert found["command"] == "imbalearn run --data local/mine --plugin 'my file.py'"


def test_cautions_where_the_data_are_unlike_what_was_measured() -> None:
    reasons = " ".join(recommend([1000, 1], GIVEN)["reasons"])
    assert "these data have 1e+03" in reasons
    assert "fewer than 20 training images: 1;" in reasons
    assert "here are 1,001" in reasons
