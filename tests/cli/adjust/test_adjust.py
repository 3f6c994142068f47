"""`imbalearn adjust`: what is tried, what it says, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from adjusted_runs import (
    BUILT_IN,
    CHAIN,
    PLAIN,
    compared,
    flags,
    imbalearn,
    read_json,
    replace_predictions,
    replace_result,
)

import imbalearn_torch as ibt
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.metrics.scores import score


def test_every_adjuster_that_the_run_allows(finished: Path) -> None:
    done = compared(finished)
    assert [row["name"] for row in done["rows"]] == ["before", *BUILT_IN]
    assert done["skipped"] == []
    before, metrics = done["rows"][0]["metrics"], read_json(finished / "result.json")["metrics"]
    assert before["test"] == metrics["test_unadjusted"]
    assert all(row["config"][0].startswith(f"imbalearn-torch/{row['name']}") for row in done["rows"][1:])


def test_the_best_is_said_from_validation(finished: Path) -> None:
    done = compared(finished)
    values = {row["name"]: row["metrics"]["val_held_out"]["macro_f1"] for row in done["rows"]}
    assert done["best"] == max(values, key=values.__getitem__)
    for row in done["rows"]:
        tuned = row["name"] in {"tau-norm", "temperature", "thresholds"}
        assert tuned or row["metrics"]["val_held_out"] == row["metrics"]["val"]


def test_the_test_set_decides_nothing(copied: Path) -> None:
    before = compared(copied, *flags(*PLAIN))
    with np.load(copied / "predictions.npz") as file:
        arrays = dict(file)
    arrays["test_targets"] = arrays["test_targets"][::-1].copy()
    replace_predictions(copied, arrays)
    after = compared(copied, *flags(*PLAIN))
    assert after["best"] == before["best"]
    for old, new in zip(before["rows"], after["rows"], strict=True):
        assert (new["chosen"], new["metrics"]["val"]) == (old["chosen"], old["metrics"]["val"])
        assert new["metrics"]["test"] != old["metrics"]["test"]


def test_it_is_what_the_run_itself_would_have_said(finished: Path) -> None:
    (_, row) = compared(finished, *flags(*CHAIN), "--chain")["rows"]
    result = read_json(finished / "result.json")
    assert row["name"] == "crt:steps=40 + temperature"
    assert row["chosen"] == result["adjusted"]
    assert row["metrics"]["test"] == result["metrics"]["test"]
    assert row["metrics"]["val"] == result["metrics"]["val"]


def test_logits_are_enough_for_those_that_need_no_more(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FinishedRun, "_open", lambda _: pytest.fail("the data were opened"))
    assert [row["name"] for row in compared(finished, *flags(*PLAIN))["rows"]] == ["before", *PLAIN]


def test_the_carried_prior_is_the_recorded_one(finished: Path, copied: Path) -> None:
    carried = read_json(finished / "result.json")["data"]["carried_prior"]
    (_, row) = compared(finished, *flags("logit-adjustment"))["rows"]
    with np.load(finished / "predictions.npz") as file:
        logits, targets = (torch.from_numpy(file[f"test_{name}"]) for name in ("logits", "targets"))
    counts = torch.tensor(read_json(finished / "result.json")["data"]["train_counts"])
    wanted = score(logits - torch.tensor(carried).log(), targets, train_counts=counts)
    assert row["metrics"]["test"]["per_class"] == wanted["per_class"]
    assert row["metrics"]["test"]["log_loss"] == pytest.approx(wanted["log_loss"], abs=1e-6)
    # A run of before it was recorded is asked about its last epoch.
    result = read_json(copied / "result.json")
    del result["data"]["carried_prior"]
    replace_result(copied, result)
    assert FinishedRun(copied, ibt.registry()).class_prior.tolist() == pytest.approx(carried, abs=1e-12)


def test_a_cosine_head_is_one_head_for_all(unheld: Path) -> None:
    run = FinishedRun(unheld, ibt.registry())
    _, test, train, head = run.outputs(frozenset({"features", "head", "train"}))
    assert train is not None
    assert head is not None
    assert head.bias is None
    for part in (test, train):
        assert part.features is not None
        torch.testing.assert_close(head(part.features), part.logits, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(part.features.norm(dim=1), torch.ones(len(part.targets)), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(head.weight.norm(dim=1), torch.full((4,), 30.0), rtol=1e-5, atol=1e-5)
    before, after = compared(unheld, *flags("tau-norm:tau=1"))["rows"]
    for figure in ("accuracy", "macro_f1", "mcc"):
        assert after["metrics"]["test"][figure] == before["metrics"]["test"][figure]


def test_twice_the_same_is_one_row_but_two_links(finished: Path) -> None:
    half = "logit-adjustment:tau=0.5"
    assert [row["name"] for row in compared(finished, *flags(half, half))["rows"]] == ["before", half]
    (_, row) = compared(finished, *flags(half, half), "--chain")["rows"]
    assert (row["name"], row["chosen"]) == (f"{half} + {half}", [{"tau": 0.5}, {"tau": 0.5}])


def test_what_is_wrong_with_a_row_is_warned_of(finished: Path, copied: Path) -> None:
    result = read_json(copied / "result.json")
    counts = np.array(result["data"]["train_counts"])
    result["data"]["carried_prior"] = (counts**0.5 / (counts**0.5).sum()).tolist()  # as after sampling by square roots
    replace_result(copied, result)
    (_, once, twice) = compared(copied, *flags("logit-adjustment", "logit-adjustment:tau=2"))["rows"]
    assert once["warnings"] == []
    (warning,) = twice["warnings"]
    error = 0.5 * np.log(counts.max() / counts.min())
    assert warning.startswith("the run and adjuster 1 (LogitAdjustment) correct the imbalance more than once")
    assert f"by {error:.2f} in log-odds" in warning
    (chained,) = compared(finished, *flags("temperature", "ncm"), "--chain")["rows"][1:]
    assert chained["warnings"] == [
        "adjuster NearestClassMean starts over from the features: what Temperature did is lost; put it first"
    ]


def test_the_table_for_a_person(finished: Path) -> None:
    done = imbalearn("adjust", finished)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines())) <= 80
    for name in ("before", *BUILT_IN, "best on validation data: "):
        assert name in done.stdout
    assert "medium" in done.stdout
    assert "few" in done.stdout


def test_help_of_a_component_needs_no_run() -> None:
    done = imbalearn("adjust", "nowhere", *flags("thresholds:help"))
    assert done.exit_code == 0
    assert "costs" in done.stdout
