"""The features of a frozen network, computed once, stand for the network itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

import imbalearn_torch as ibt
from benchmarks.transfer import features_of
from imbalearn_torch.backbones import ResNet20

SETTINGS: dict[str, Any] = {
    "epochs": 3,
    "optimizer": "sgd:lr=0.1",
    "imbalance": "step:ratio=4,head=2",
    "augment": "none",
    "tta": "none",
    "precision": "fp32",
    "threads": 1,
    "seed": 5,
}


def logits(out: Path, **more: Any) -> np.ndarray:
    ibt.run(ibt.RunConfig(**SETTINGS, **more), out=out)
    with np.load(out / "predictions.npz") as arrays:
        return arrays["test_logits"]


def test_a_head_on_cached_features_is_the_head_behind_the_frozen_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = ResNet20(num_classes=4, freeze="all-but-head")
    images = torch.randint(0, 256, (120, 3, 8, 8), dtype=torch.uint8)
    targets = torch.arange(120) % 4
    parts = {"train": slice(0, 80), "test": slice(80, 120)}
    mean, std = (0.4, 0.5, 0.6), (0.2, 0.3, 0.25)
    pixels = {part: ibt.Samples(images[rows], targets[rows]) for part, rows in parts.items()}
    features = {
        part: ibt.Samples(features_of(net, images[rows], mean, std), targets[rows]) for part, rows in parts.items()
    }
    names = tuple("abcd")
    behind = logits(tmp_path / "behind", data=ibt.Dataset(**pixels, classes=names, mean=mean, std=std), backbone=net)
    table = ibt.Dataset(**features, classes=names, mean=(0.0,) * 64, std=(1.0,) * 64)
    alone = logits(tmp_path / "alone", data=table, backbone=net.get_classifier())
    np.testing.assert_allclose(alone, behind, rtol=1e-3, atol=1e-4)
    # It has learned: the logits are far from those of the first weights.
    with torch.no_grad():
        untrained = net.get_classifier()(features["test"].inputs).numpy()
    assert np.abs(behind - untrained).max() > 0.1
