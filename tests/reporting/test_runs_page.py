"""One page for several runs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from made_records import KOREAN, ODD, made_record
from page_outline import Outline
from scipy import stats

from imbalearn_torch.metrics.calibration import reliability
from imbalearn_torch.reporting import render_runs
from imbalearn_torch.reporting.means import mean, pooled
from imbalearn_torch.reporting.page_tables import count_table
from imbalearn_torch.reporting.runs_tables import compared_class_table, compared_count_table
from imbalearn_torch.reporting.runs_words import runs_verdict, runs_warnings
from imbalearn_torch.reporting.style import line_style

ABC = ["a", "b", "c"]


@pytest.fixture
def methods() -> dict:
    return {
        "ce": [made_record(ABC, seed=0, name="ce-0"), made_record(ABC, seed=1, name="ce-1")],
        "focal": [made_record(ABC, seed=2, name="focal-0"), made_record(ABC, seed=3, name="focal-1")],
    }


def test_means_over_the_runs_of_a_method(methods):
    text = Outline(render_runs(methods, name="two")).text
    for name, runs in methods.items():
        figure = sum(run.result["metrics"]["test"]["macro_f1"] for run in runs) / 2
        start = text.index(name, text.index("Results", text.index("Runs")))
        assert f"{figure:.4f}" in text[start : start + 6]
    assert [each for each in text if each.startswith(("ce-", "focal-"))] == ["ce-0", "ce-1", "focal-0", "focal-1"]


def test_verdict_names_the_best_and_the_first(methods):
    page = render_runs(methods, name="two", command="imbalearn compare")
    assert "has the highest macro-F1" in page
    assert "the first method" in page
    assert "each method has one run" not in page
    assert "each method has one run" in render_runs({name: runs[:1] for name, runs in methods.items()}, name="x")


def test_a_failed_method_is_left_out_of_the_figures(methods):
    page = render_runs({**methods, "diverged": []}, name="three")
    assert "diverged" not in page


def test_other_classes_are_left_out_of_figures_by_class(methods):
    page = render_runs({**methods, "other": [made_record(KOREAN[:5])]}, name="three")
    assert "leave out the runs whose classes are not those of the first run" in page
    assert page.count("other</text>") == 2  # curves and calibration


def test_a_method_has_one_colour_on_the_page(methods):
    [first, second] = methods.items()
    page = render_runs(dict([first, ("other", [made_record(KOREAN[:5])]), second]), name="three")
    figures = re.findall(r'<svg[^>]*aria-label="(\w+)[^>]*>(.*?)</svg>', page, re.DOTALL)
    shown = {what: line_style(2)["color"] in svg for what, svg in figures if what != "Confusion"}
    # The third method keeps its colour where the second one, of other classes, is left out.
    assert len(shown) == 4
    assert all(shown.values()), shown


def test_every_seed_may_have_its_own_subset(methods):
    for runs in methods.values():
        for seed, run in enumerate(runs):
            run.result["config"] |= {"imbalance": "exp:ratio=10.0", "subset_seed": seed}
    said = "the methods are trained on different subsets of the same images"
    assert said not in render_runs(methods, name="two")
    methods["focal"][1].result["config"]["subset_seed"] = 7
    assert said in render_runs(methods, name="two")


def test_two_seeds_of_whole_data_are_of_one_task():
    several = {str(seed): [made_record(ABC, seed=seed)] for seed in range(2)}
    for seed, [run] in several.items():
        run.result["config"] |= {"imbalance": "none", "subset_seed": int(seed)}
    assert runs_warnings(several, 2) == ["each method has one run: another seed may change the order"]


def test_runs_that_were_trained_in_other_ways_are_said_to_be(methods):
    assert "the methods differ in" not in render_runs(methods, name="two")
    for run in methods["focal"]:
        run.result["config"] |= {"epochs": 3, "optimizer": "sgd:lr=0.1", "lr": 0.1}
    differ = [each for each in runs_warnings(methods, 2) if each.startswith("the methods differ in")]
    was = methods["ce"][0].result["config"]
    assert differ == [
        f"the methods differ in optimizer: {was.get('optimizer')}; sgd:lr=0.1",
        f"the methods differ in epochs: {was.get('epochs')}; 3",
    ]


def test_verdict_says_that_the_first_method_has_no_figure(methods):
    rows = [{"name": name, "difference": None} for name in ("diverged", *methods)]
    said = runs_verdict(methods, {"rows": rows})
    assert said.endswith("the first method, “diverged”, has no figure, so there is no difference to it.")


def test_recall_of_each_class_has_its_interval_over_seeds(methods):
    tests = [run.result["metrics"]["test"]["per_class"] for run in methods["ce"]]
    tests[0][1]["recall"], tests[1][1]["recall"] = recalls = [0.5, 0.52]
    low, high = stats.t.interval(0.95, 1, np.mean(recalls), stats.sem(recalls))
    assert 0 < low < high < 1
    shown = f"{100 * low:.1f} to {100 * high:.1f} %"
    cell = compared_class_table(methods).rows[1][3]
    assert cell.text == f"{100 * np.mean(recalls):.1f} %\n{shown}"
    one = compared_class_table({name: runs[:1] for name, runs in methods.items()}).rows[1][3]
    row = methods["ce"][0].result["metrics"]["test"]["per_class"][1]
    assert one.text.endswith(f"\n{100 * row['recall_low']:.1f} to {100 * row['recall_high']:.1f} %")


def test_different_images_stand_beside_what_was_drawn(methods):
    table = compared_count_table(methods)
    labels = [column.label for column in table.columns]
    assert labels[2:] == [f"{what}: {name}" for name in methods for what in ("drawn", "different ones drawn")]
    assert [row[3].value for row in table.rows] == [min(300, row[1].value) for row in table.rows]


def test_images_that_a_sampler_has_made_are_not_those_of_the_data(methods):
    came = list(methods["ce"][0].result["data"]["train_counts"])
    for run in methods["ce"]:
        run.result["data"] |= {"train_counts": [500] * 3, "original_train_counts": came}
    assert [row[1].value for row in compared_count_table(methods).rows] == came
    table = count_table(methods["ce"][0].result["data"])
    assert [column.label for column in table.columns][:3] == ["class", "as they came", "training"]
    assert [(row[1].value, row[2].value) for row in table.rows] == [(count, 500) for count in came]


def test_every_run_says_what_makes_it_again_where_nothing_makes_all(methods):
    for runs in methods.values():
        for run in runs:
            run.result["command"] = f"imbalearn run --seed {run.result['config']['seed']} --loss '<b>'"
    page = render_runs(methods, name="two")
    for seed in range(4):
        words = ("imbalearn", "run", "--seed", str(seed), "--loss", "&#39;&lt;b&gt;&#39;")
        assert " ".join(f"<span>{word}</span>" for word in words) in page
    assert "--seed" not in render_runs(methods, name="two", command="imbalearn compare")


def test_names_are_text():
    page = render_runs({"<script>": [made_record(ODD)], "שלום": [made_record(ODD, seed=1)]}, name="<script>")
    assert page.count("<script") == 1
    Outline(page)


def test_same_input_same_bytes(methods):
    assert render_runs(methods, name="two") == render_runs(methods, name="two")


def test_pooled_bins_are_those_of_all_images():
    draw = np.random.default_rng(0)
    sure, right = draw.uniform(size=(2, 300)), draw.uniform(size=(2, 300)) < 0.5
    one, two = (reliability(sure[each], right[each]) for each in range(2))
    for ours, theirs in zip(pooled([one, two]), reliability(sure.ravel(), right.ravel()), strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_mean_of_what_there_is():
    assert mean([0.5, None, 1.0]) == 0.75
    assert mean([None]) is None


@pytest.mark.parametrize(
    ("low", "p", "words"),
    [
        (0.01, 0.03, "goes from +1.0 to +9.0 points, so it is more than chance."),
        (0.01, 0.2, "may be chance."),
        (-0.01, 0.2, "may be chance."),
        (0.01, None, "may be chance."),  # not corrected for the number of methods
        (None, None, "Nothing is known about how other seeds would differ."),
    ],
)
def test_verdict_says_how_sure_a_difference_is(low, p, words):
    methods = {"ce": [made_record(ABC, adjusted=True)], "focal": [made_record(ABC)]}
    methods["ce"][0].result["metrics"]["test"]["macro_f1"] = 0.01
    difference = {"macro_f1": {"mean": 0.05, "low": low, "high": None if low is None else 0.09, "p": p}}
    rows = [{"name": "ce", "difference": None}, {"name": "focal", "difference": difference}]
    assert runs_verdict(methods, {"rows": rows}).endswith(words)
