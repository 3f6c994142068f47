"""Gradient norms of study A: those of the run's network, before and after, in a figure without TeX."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import imbalearn_torch as ibt
from benchmarks.studies.gradients import gradient_norms, gradients_svg
from benchmarks.studies.queue import QueuedRun, Study
from imbalearn_torch.streams import seed_default_generators

CLASSES = 12  # of which the last has no image among those that are looked at


def network(seed: int) -> torch.nn.Module:
    seed_default_generators(seed, "init")
    sizes = {"num_classes": CLASSES, "in_channels": 3, "image_size": 32, "input_shape": (3, 32, 32)}
    return ibt.build("backbone", "plainnet20", **sizes)


@pytest.fixture
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[QueuedRun, Study]:
    monkeypatch.setenv("IMBALEARN_SHARED", str(tmp_path))
    monkeypatch.setattr("benchmarks.studies.gradients._IMAGES", 64)
    rng = np.random.default_rng(0)
    targets = np.arange(600) % (CLASSES - 1)
    images = rng.integers(0, 256, (600, 32, 32, 3), dtype=np.uint8)
    arrays = {"x_train": images, "y_train": targets, "x_test": images[:CLASSES], "y_test": np.arange(CLASSES)}
    np.savez(tmp_path / "images.npz", **arrays)
    run = QueuedRun(
        study="a", method="plain", recipe="study-a-plainnet20", seed=3, epochs=1, minutes=1, folder=tmp_path
    )
    run.place.mkdir()
    result = {"config": {"backbone": "plainnet20"}, "data": {"classes": list(map(str, range(CLASSES)))}}
    (run.place / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return run, Study(title="A", data="npz:path={shared}/images.npz", options={})


def test_initial_and_trained_norms_agree_for_weights_that_were_not_trained(finished: tuple[QueuedRun, Study]) -> None:
    run, study = finished
    save_file(network(run.seed).state_dict(), run.place / "model.safetensors")
    same = gradient_norms(run, study)
    assert same["trained"] == same["initial"]
    assert len(same["layers"]) == len(same["initial"]) == 19
    assert min(same["initial"]) > 0
    save_file(network(run.seed + 1).state_dict(), run.place / "model.safetensors")
    other = gradient_norms(run, study)
    assert other["initial"] == same["initial"]
    assert other["trained"] != same["trained"]


def test_the_figure_has_no_tex() -> None:
    norms = {"layers": ["a", "b", "c"], "initial": [1e-3, 0.02, 1.0], "trained": [0.5, 0.5, 2.0]}
    svg = gradients_svg({"plainnet20": norms, "resnet20": norms})
    assert "$" not in svg
    for text in ("0.001", "plainnet20, initial", "resnet20, trained", "gradient norm"):
        assert f">{text}<" in svg
