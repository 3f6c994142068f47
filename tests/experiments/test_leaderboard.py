"""Rows from results that were written by hand, against SciPy and scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments.compared_runs import figures_of, result_warnings, test_labels
from imbalearn_torch.experiments.grid import Draft, Replicate
from imbalearn_torch.experiments.leaderboard import MethodRuns, leaderboard_rows
from imbalearn_torch.experiments.methods import check_methods
from imbalearn_torch.plugin.registry import registry

test_labels.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]
SEEDS = tuple(map(Replicate, (0, 1, 2)))
F1 = {"ce": [0.70, 0.72, 0.71], "focal": [0.74, 0.75, 0.77], "ldam": [0.71, 0.70, 0.75]}
TARGETS = np.arange(300) % 3


def result(macro_f1: float, seed: int = 0, **config: Any) -> dict[str, Any]:
    names = ("accuracy", "balanced_accuracy", "gmean", "worst_class_recall", "mcc", "log_loss", "ece")
    test = dict.fromkeys(names, macro_f1) | {"macro_f1": macro_f1, "top5": None}
    test |= {"macro_auprc": macro_f1, "macro_auroc": macro_f1}
    test["groups"] = {"many": {"recall": macro_f1}, "medium": {"recall": None}, "few": {"recall": macro_f1}}
    common = {"data": "digits", "imbalance": "none", "val_fraction": 0.1, "subset_seed": seed, "adjust": []}
    return {
        "metrics": {"test": test, "val": {}},
        "timing": {"train_seconds": 5.0, "total_seconds": 6.0},
        "config": {**common, "seed": seed, **config},
        "data": {"train_counts": [9, 9, 9], "val_counts": [1, 1, 1], "test_counts": [100, 100, 100]},
        "environment": {"torch": "2.0"},
        "warnings": [],
    }


def runs(tmp_path: Path, name: str, **changes: Any) -> MethodRuns:
    [method] = check_methods([Draft(name, {"loss": name})], SEEDS, registry())
    folders = tuple(tmp_path / run.folder for run in method.runs)
    generator = np.random.default_rng(len(name))
    for folder, share in zip(folders, F1[name], strict=True):
        folder.mkdir()
        guessed = np.where(generator.random(300) < share, TARGETS, (TARGETS + 1) % 3)
        np.savez(folder / "predictions.npz", test_targets=TARGETS, test_logits=np.eye(3)[guessed])
    results = tuple(result(value, seed) for seed, value in enumerate(F1[name]))
    return MethodRuns(method, folders, **{"results": results, "reasons": {}, **changes})


def test_rows_against_scipy(tmp_path: Path) -> None:
    rows = leaderboard_rows([runs(tmp_path, name) for name in F1], "none")
    assert [row["name"] for row in rows] == ["ce", "focal", "ldam"]
    assert rows[0]["difference"] is None
    assert rows[0]["bootstrap"] is None
    for row in rows:
        figure = row["metrics"]["macro_f1"]
        assert figure["values"] == F1[row["name"]]
        assert (figure["low"], figure["high"]) == pytest.approx(
            stats.t.interval(0.95, 2, np.mean(figure["values"]), stats.sem(figure["values"]))
        )
    for row in rows[1:]:
        difference = row["difference"]["macro_f1"]
        paired = np.subtract(F1[row["name"]], F1["ce"])
        assert difference["mean"] == pytest.approx(paired.mean())
        assert difference["p"] == difference["p_uncorrected"] == pytest.approx(stats.ttest_1samp(paired, 0).pvalue)
        assert set(row["difference"]) == set(row["metrics"])
    assert rows[1]["metrics"]["recall_medium"] == {"mean": None, "low": None, "high": None, "values": [None] * 3}
    assert rows[1]["difference"]["recall_medium"]["p"] is None
    assert rows[1]["metrics"]["train_seconds"]["mean"] == 5


def test_p_values_are_corrected_over_the_rows(tmp_path: Path) -> None:
    pytest.importorskip("statsmodels", reason="the extra `stats` is not installed")
    rows = leaderboard_rows([runs(tmp_path, name) for name in F1], "holm")
    plain = [row["difference"]["macro_f1"]["p_uncorrected"] for row in rows[1:]]
    # Two tests by Holm: twice the smaller, and the larger, but not below the other.
    assert plain[0] < plain[1]
    expected = [2 * plain[0], max(2 * plain[0], plain[1])]
    assert [row["difference"]["macro_f1"]["p"] for row in rows[1:]] == pytest.approx(expected)


def test_the_bootstrap_is_over_test_images(tmp_path: Path) -> None:
    rows = leaderboard_rows([runs(tmp_path, "ce"), runs(tmp_path, "focal")], "none")
    found = rows[1]["bootstrap"]["macro_f1"]
    assert found["resamples"] == 2000
    assert found["low"] < found["mean"] < found["high"]
    # 300 images and three seeds: about sqrt(2 * .2 / 900) = .02 a standard deviation, four of them wide.
    assert found["high"] - found["low"] == pytest.approx(0.08, abs=0.03)


def test_a_failed_run_leaves_the_means_and_the_pairs(tmp_path: Path) -> None:
    focal = runs(tmp_path, "focal")
    reasons = {focal.folders[1]: "it diverged"}
    focal = MethodRuns(focal.method, focal.folders, (focal.results[0], None, focal.results[2]), reasons)
    row = leaderboard_rows([runs(tmp_path, "ce"), focal], "none")[1]
    assert row["failed"] == [{"seed": 1, "folder": str(focal.folders[1]), "reason": "it diverged"}]
    assert row["metrics"]["macro_f1"]["values"] == [0.74, None, 0.77]
    assert row["difference"]["macro_f1"]["mean"] == pytest.approx((0.04 + 0.06) / 2)


def test_a_method_of_which_nothing_is_left(tmp_path: Path) -> None:
    ce, focal = runs(tmp_path, "ce"), runs(tmp_path, "focal")
    failed = MethodRuns(focal.method, focal.folders, (None,) * 3, dict.fromkeys(focal.folders, "it diverged"))
    for several in ([ce, failed], [failed, ce]):
        rows = leaderboard_rows(several, "none")
        assert rows[1]["difference"] is None or rows[1]["difference"]["macro_f1"]["mean"] is None
        assert rows[1]["bootstrap"] is None


def test_other_test_data_have_no_difference(tmp_path: Path) -> None:
    other = tuple(result(0.5, seed, data="cifar10") for seed in range(3))
    row = leaderboard_rows([runs(tmp_path, "ce"), runs(tmp_path, "focal", results=other)], "none")[1]
    assert row["difference"] is None
    assert row["bootstrap"] is None


def test_images_that_were_added_under_the_same_path(tmp_path: Path) -> None:
    more = {"train_counts": [9, 9, 12], "val_counts": [1, 1, 1], "test_counts": [100, 100, 101]}
    others = {
        "trained": tuple(result(0.5, seed) | {"data": {**more, "test_counts": [100] * 3}} for seed in range(3)),
        "tested": tuple(result(0.5, seed) | {"data": more} for seed in range(3)),
    }
    for name, other in others.items():
        found = result_warnings({"ce": [result(0.5, seed) for seed in range(3)], "focal": other})
        assert found[0] == "the methods are trained on different images: the data have changed between their runs"
        assert [each for each in found if "have no difference" in each] == found[1:]
        assert len(found) == (2 if name == "tested" else 1)
    row = leaderboard_rows([runs(tmp_path, "ce"), runs(tmp_path, "focal", results=others["tested"])], "none")[1]
    assert row["difference"] is None


def test_other_test_images_have_no_bootstrap(tmp_path: Path) -> None:
    ce, focal = runs(tmp_path, "ce"), runs(tmp_path, "focal")
    np.savez(focal.folders[2] / "predictions.npz", test_targets=TARGETS[::-1], test_logits=np.eye(3)[TARGETS])
    assert leaderboard_rows([ce, focal], "none")[1]["bootstrap"] is None


def test_predictions_of_an_adjusted_run(tmp_path: Path) -> None:
    file = tmp_path / "predictions.npz"
    np.savez(file, test_targets=TARGETS, test_logits=np.eye(3)[TARGETS])
    assert test_labels(tmp_path, result(0.5, adjust=["crt"])) is None
    np.savez(file, test_targets=TARGETS, test_logits=np.eye(3)[TARGETS], test_predictions=TARGETS[::-1])
    stored = test_labels(tmp_path, result(0.5, adjust=["crt"]))
    assert stored is not None
    assert (stored.predictions == TARGETS[::-1]).all()
    file.write_bytes(b"torn")
    with pytest.raises(CheckpointError, match=r"predictions\.npz cannot be read"):
        test_labels(tmp_path, None)


def test_figures_without_a_result_have_the_same_names() -> None:
    assert list(figures_of(None)) == list(figures_of(result(0.5)))


def warned(*sentences: str, **config: Any) -> dict[str, Any]:
    return {**result(0.5, **config), "warnings": list(sentences)}


def test_warnings_of_runs_come_once_with_the_methods_they_are_about() -> None:
    several = {"a": [warned("x", "y"), warned("x", seed=1)], "b": [warned("x")], "c": []}
    assert result_warnings(several) == ["x", "a: y"]


def test_other_images_other_machines_and_no_validation_are_said() -> None:
    other = warned(val_fraction=0.2, data="cifar10")
    other["environment"] = {"torch": "2.1"}
    other["metrics"]["val"] = None
    assert result_warnings({"a": [warned()], "b": [other]}) == [
        "b: nothing was held out for validation",
        'the methods are trained on different images: data "cifar10", "digits"',
        "the methods are trained on different images: val fraction 0.1, 0.2",
        "methods that are tested on other data than the first one have no difference to it",
        "the runs were made with different torch: 2.0, 2.1",
    ]
    # Another subset for another seed is how it should be.
    assert result_warnings({"a": [warned(seed=0), warned(seed=1)], "b": [warned(seed=0), warned(seed=1)]}) == []
