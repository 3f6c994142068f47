"""Every double correction that a configuration can hold: found, warned of once, and recorded with its size."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import imbalearn_torch as ibt
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import open_session

TRAIN = {"prior": "train"}


def described(**settings: Any) -> dict[str, Any]:
    """What `--dry-run` says of the digits, with the log of the ratio of the counts as `gap`."""
    known = ibt.registry()
    config = ibt.RunConfig(**{"backbone": "small-cnn", "epochs": 10, "threads": 1, "seed": 3} | settings)
    made = open_session(resolve_run(config, known), known).describe()
    counts = made["data"]["train_counts"]
    return made | {"gap": math.log(max(counts) / min(counts))}


@pytest.mark.parametrize(
    ("settings", "between", "gaps"),
    [
        # The shifts of rarest over most frequent, in units of log(n_max / n_min), minus the one that is right.
        ({"sampler": "balanced", "loss": "balanced-softmax", **TRAIN}, ["sampler", "loss"], 1 + 1 - 1),
        ({"sampler": "balanced:start=0.8", "loss": "logit-adjusted", **TRAIN}, ["sampler", "loss"], 1 + 1 - 1),
        ({"sampler": "reverse", "loss": "balanced-softmax", **TRAIN}, ["sampler", "loss"], 2 + 1 - 1),
        ({"sampler": "sqrt", "loss": "vs", **TRAIN}, ["sampler", "loss"], 0.5 + 1 - 1),
        ({"weights": "inverse", "loss": "balanced-softmax"}, ["class weights", "loss"], 1 + 1 - 1),
        ({"weights": "sqrt-inverse", "loss": "lade"}, ["class weights", "loss"], 0.5 + 1 - 1),
        ({"weights": "inverse:start=0.8", "loss": "logit-adjusted:tau=0.5"}, ["class weights", "loss"], 1 + 0.5 - 1),
        ({"weights": "inverse", "sampler": "balanced"}, ["sampler", "class weights"], 1 + 1 - 1),
        ({"weights": "inverse", "sampler": "reverse"}, ["sampler", "class weights"], 2 + 1 - 1),
    ],
)
def test_size_by_hand(settings: dict[str, Any], between: list[str], gaps: float) -> None:
    found = described(**settings)
    (double,) = found["double_corrections"]
    assert [name.partition(" '")[0] for name in double["between"]] == between
    assert double["log_odds"] == pytest.approx(gaps * found["gap"], abs=1e-5)  # weights are float32
    (warning,) = [each for each in found["warnings"] if "log-odds" in each]
    assert f"{' and '.join(double['between'])} correct the imbalance more than once" in warning
    assert f"by {double['log_odds']:.2f} in log-odds" in warning


def test_effective_weights_by_hand() -> None:
    # DRW: 1 / E_n with E_n ~ 1 - beta^n, after a loss that has removed the whole prior.
    found = described(weights="effective:beta=.99,start=.8", loss="balanced-softmax")
    counts = found["data"]["train_counts"]
    numbers = [(1 - 0.99**n) for n in (max(counts), min(counts))]
    (double,) = found["double_corrections"]
    assert double["log_odds"] == pytest.approx(math.log(numbers[0] / numbers[1]), abs=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"sampler": "balanced", "loss": "balanced-softmax"},  # told what is drawn
        {"sampler": "reverse", "loss": "balanced-softmax"},  # which undoes what reverse is too much
        {"sampler": "balanced:start=0.8", "loss": "logit-adjusted"},
        {"sampler": "sqrt", "loss": "logit-adjusted:tau=0.5", **TRAIN},  # half each
        {"sampler": "sqrt", "weights": "sqrt-inverse"},
        {"sampler": "reverse"},  # one part may do as its user likes
        {"sampler": "balanced", "loss": "balanced-softmax", "prior": "uniform"},
        {"sampler": "balanced", "loss": "ldam", "backbone": "resnet20"},
        {"sampler": "balanced", "loss": "balanced-softmax", "imbalance": "none", "data": "digits", **TRAIN},
        {"mix": "balanced-mixup", "loss": "balanced-softmax"},
    ],
)
def test_nothing_is_corrected_twice(settings: dict[str, Any]) -> None:
    found = described(**settings)
    assert found["double_corrections"] == []
    assert not any("log-odds" in each for each in found["warnings"])


def test_the_partner_of_a_mix_is_a_part_of_its_own() -> None:
    found = described(mix="balanced-mixup", loss="balanced-softmax", **TRAIN)
    natural = [count / sum(found["data"]["train_counts"]) for count in found["data"]["train_counts"]]
    # The contract: the prior is the plain mean of both columns, here of the counts and of the uniform distribution.
    seen = [(share + 1 / len(natural)) / 2 for share in natural]
    assert found["data"]["drawn_distribution"] == pytest.approx(seen, abs=1e-12)
    (double,) = found["double_corrections"]
    assert [name.partition(" '")[0] for name in double["between"]] == ["mix", "loss"]
    undone = found["gap"] - math.log(max(seen) / min(seen))
    assert double["log_odds"] == pytest.approx(undone, abs=1e-9)


@pytest.mark.parametrize("mix", ["balanced-mixup", "cmo", "cmo:stop=0.5"])
def test_the_prior_of_a_partner_is_the_mean_of_both_columns(mix: str) -> None:
    # Literally so, whatever share lam gives each column and whether or not the epoch is mixed.
    data = described(mix=mix)["data"]
    counts = data["train_counts"]
    mean = [(count / sum(counts) + 1 / len(counts)) / 2 for count in counts]
    assert data["class_prior"] == pytest.approx(mean, abs=1e-12)


def test_result_json_holds_what_was_warned_of(small: dict[str, Any], tmp_path: Path) -> None:
    untrained: dict[str, Any] = {**small, "epochs": 0}
    config = ibt.RunConfig(**untrained, sampler="balanced", loss="balanced-softmax", prior="train")
    done = ibt.run(config, out=tmp_path / "twice")
    counts = done.result["data"]["train_counts"]
    written = json.loads((done.folder / "result.json").read_text(encoding="utf-8"))
    assert written["double_corrections"] == [
        {
            "between": [f"sampler {done.result['config']['sampler']!r}", f"loss {done.result['config']['loss']!r}"],
            "log_odds": pytest.approx(math.log(max(counts) / min(counts)), abs=1e-9),
        }
    ]


def test_post_hoc_adjustment_after_a_prior_correcting_loss(small: dict[str, Any], tmp_path: Path) -> None:
    untrained: dict[str, Any] = {**small, "epochs": 0}
    config = ibt.RunConfig(**untrained, loss="logit-adjusted:tau=0.5", adjust=("logit-adjustment:tau=2",))
    result = ibt.run(config, out=tmp_path / "half").result
    counts = result["data"]["train_counts"]
    gap = math.log(max(counts) / min(counts))
    (double,) = result["double_corrections"]  # 0.5 by the loss, twice the 0.5 left after it
    assert double["log_odds"] == pytest.approx(0.5 * gap, abs=1e-6)
    whole = config.model_copy(update={"loss": "balanced-softmax", "adjust": ("logit-adjustment",)})
    result = ibt.run(whole, out=tmp_path / "whole").result
    assert result["double_corrections"] == []
    assert result["metrics"]["test"]["accuracy"] == result["metrics"]["test_unadjusted"]["accuracy"]
    (warning,) = [each for each in result["warnings"] if "log-odds" in each]
    assert "adjuster 1 (LogitAdjustment) has nothing left to correct after loss 'imbalearn-torch/balanced-s" in warning
    assert f"by {gap:.2f} in log-odds" in warning
