"""Fault 21: a class without training images."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tiny_data import FIXED, KNOWN, data_of, session_of

import imbalearn_torch as ibt
from imbalearn_torch.experiments.train import trainer_of

ABSENT = 2  # of a, b, c, d
WEIGHTED = "weighted:weights=[1,1,0,1]"


def builtin(kind: str) -> list[str]:
    return [name for name in KNOWN.names(kind) if "/" not in name and name != "none"]


@pytest.mark.parametrize("loss", builtin("loss"))
def test_a_class_without_images_leaves_every_loss_finite(loss: str) -> None:
    session = session_of(data_of((20, 8, 0, 4), (3, 3, 3, 3)), loss=loss, val_fraction=0.0, batch_size=8)
    trainer = trainer_of(session)
    trainer.train()
    [row] = trainer.progress.history
    assert math.isfinite(row["train_loss"])
    assert all(bool(each.isfinite().all()) for each in trainer.predictor.state_dict().values())


@pytest.mark.parametrize("weights", builtin("weights"))
def test_a_class_without_images_has_weight_0(weights: str) -> None:
    session = session_of(data_of((20, 8, 0, 4), (3, 3, 3, 3)), weights=weights, epochs=4)
    assert session.components.weights is not None
    made = session.components.weights(3)
    assert made[ABSENT] == 0
    assert bool((made[[0, 1, 3]] > 0).all())


@pytest.mark.parametrize("prior", ["drawn", "train"])
def test_a_class_without_images_has_the_smallest_present_prior(prior: str) -> None:
    session = session_of(data_of((20, 8, 0, 4), (3, 3, 3, 3)), prior=prior, val_fraction=0.0)
    told = session.components.stats.prior(0)
    assert told[ABSENT] == told[[0, 1, 3]].min()
    # 20, 8, 4 and once more 4 of 36
    assert told.tolist() == pytest.approx([20 / 36, 8 / 36, 4 / 36, 4 / 36])


@pytest.mark.parametrize("sampler", [name for name in builtin("sampler") if name != "weighted"] + [WEIGHTED])
def test_a_class_without_images_is_never_drawn(sampler: str) -> None:
    session = session_of(data_of((20, 8, 0, 4), (3, 3, 3, 3)), sampler=sampler, epochs=2)
    drawn = session.data.targets[session.components.columns[0].batches(1, 4).flatten()]
    assert int((drawn == ABSENT).sum()) == 0


def test_a_run_with_a_class_without_images(tmp_path: Path) -> None:
    config = ibt.RunConfig(data=data_of((20, 8, 0, 4), (3, 3, 3, 3)), adjust=("logit-adjustment",), **FIXED)
    result = ibt.run(config, tmp_path / "run").result
    assert "1 of 4 classes ('c') have no training image" in result["warnings"]
    assert result["data"]["train_counts"][ABSENT] == 0
    assert len(result["metrics"]["test"]["per_class"]) == 4
    assert result["metrics"]["test"]["classes_covered"] == 4  # the test part has it
    assert result["metrics"]["test"]["per_class"][ABSENT]["test_count"] == 3
