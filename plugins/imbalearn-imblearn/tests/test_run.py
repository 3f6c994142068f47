"""Whole runs: what enters the resampling, and what is drawn from the new data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_imblearn.smote import Smote

EPOCHS = 2


class Linear(nn.Module):
    """The smallest backbone."""

    def __init__(self, pixels: int, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(pixels, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(images.flatten(1))


def run(folder: Path, sampler: str, **values: Any) -> dict[str, Any]:
    """result.json of two epochs, by default on digits."""
    settings = {"data": "digits", "backbone": Linear(64, 10), "epochs": EPOCHS, "threads": 1, "seed": 3} | values
    return ibt.run(ibt.RunConfig(**settings, sampler=sampler), out=folder).result


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Without resampling."""
    return run(tmp_path_factory.mktemp("plain") / "run", "instance")


@pytest.mark.parametrize("sampler", ["smote", "random-over", "smote:strategy=0.5", "random-under", "cluster-centroids"])
def test_counts_and_epoch_length(sampler: str, plain: dict[str, Any], tmp_path: Path) -> None:
    result = run(tmp_path / "run", f"imbalearn-imblearn/{sampler}")
    before, data = plain["data"]["train_counts"], result["data"]
    most, least = max(before), min(before)
    wanted = {
        "smote": [most] * 10,
        "random-over": [most] * 10,
        "smote:strategy=0.5": [max(count, most // 2) for count in before],
        "random-under": [least] * 10,
        "cluster-centroids": [least] * 10,
    }
    assert data["train_counts"] == wanted[sampler]
    assert data["val_counts"] == plain["data"]["val_counts"]
    assert data["test_counts"] == plain["data"]["test_counts"]
    # As many steps as without resampling, whatever the size of the new data.
    steps = sum(before) // result["config"]["batch_size"]
    assert sum(data["drawn_counts"]) == EPOCHS * steps * result["config"]["batch_size"]
    assert sum(data["drawn_counts"]) == sum(plain["data"]["drawn_counts"])
    # Drawn in proportion to the new counts: the rare classes get far more than their share of the old ones.
    rare = sum(data["drawn_counts"][1:]) / sum(data["drawn_counts"])
    assert rare == pytest.approx(sum(data["train_counts"][1:]) / sum(data["train_counts"]), abs=0.1)


def test_the_short_name_is_enough_and_the_full_spelling_is_recorded(tmp_path: Path) -> None:
    result = run(tmp_path / "run", "smote:k_neighbors=3", epochs=1)
    assert result["config"]["sampler"] == "imbalearn-imblearn/smote:strategy=auto,k_neighbors=3"


def test_equal_runs_make_equal_predictions(tmp_path: Path) -> None:
    torch.manual_seed(0)
    backbone = Linear(64, 10)

    def predictions(folder: str, seed: int) -> bytes:
        run(tmp_path / folder, "svm-smote", epochs=1, seed=seed, subset_seed=0, backbone=backbone)
        return (tmp_path / folder / "predictions.npz").read_bytes()

    assert predictions("one", 0) == predictions("two", 0) != predictions("other", 1)


def test_validation_and_test_images_never_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every image carries its number in two pixels.
    numbers = torch.arange(400)
    images = torch.stack([numbers // 256, numbers % 256, numbers % 7, numbers % 11], dim=1).byte().reshape(-1, 1, 2, 2)
    targets = (numbers % 8 == 0).long()
    data = ibt.Dataset(
        train=ibt.Samples(images, targets), test=ibt.Samples(images[:40], targets[:40]), classes=("a", "b")
    )
    seen: list[Tensor] = []

    def spy(self: Smote, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        seen.append(inputs)
        return original(self, inputs, labels)

    original = Smote.fit_resample
    monkeypatch.setattr(Smote, "fit_resample", spy)
    result = run(tmp_path / "run", "smote", data=data, backbone=Linear(4, 2), epochs=1, val_fraction=0.25)
    assert len(seen) == 1
    entered = (seen[0][:, 0, 0, 0].int() * 256 + seen[0][:, 0, 0, 1].int()).tolist()
    assert sorted(set(entered)) == sorted(entered)
    assert sum(result["data"]["val_counts"]) == 400 - len(entered) == 100
    assert result["data"]["train_counts"] == [int((targets[entered] == 0).sum())] * 2


def test_what_the_method_says_becomes_a_warning_of_the_run(tmp_path: Path) -> None:
    result = run(tmp_path / "run", "smote:k_neighbors=500", epochs=0)
    assert any(each.startswith("smote: fewer than 500 neighbours are used") for each in result["warnings"])


def test_tables_are_resampled_too(tmp_path: Path) -> None:
    rows, targets = torch.randn(200, 4), (torch.arange(200) % 10 == 0).long()
    data = ibt.Dataset(train=ibt.Samples(rows, targets), test=None, classes=("a", "b"))
    result = run(tmp_path / "run", "adasyn", data=data, backbone=Linear(4, 2), epochs=1)
    few, many = sorted(result["data"]["train_counts"])
    assert few == pytest.approx(many, rel=0.1)
