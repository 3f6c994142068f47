"""Finished runs on a few small images."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adjusted_runs import CHAIN

import imbalearn_torch as ibt

SETTINGS: dict[str, Any] = {"epochs": 2, "threads": 1, "precision": "fp32", "optimizer": "sgd", "lr": 0.05}


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """Of a run of a second."""
    return dict(SETTINGS)


def images(file: Path) -> str:
    source = np.random.Generator(np.random.PCG64(0))

    def part(counts: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        targets = np.repeat(np.arange(4), counts)
        noise = source.integers(0, 96, (len(targets), 1, 8, 8))
        return (noise + 48 * targets[:, None, None, None]).astype(np.uint8), targets

    (x, y), (x_test, y_test) = part((60, 30, 15, 8)), part((6,) * 4)
    np.savez(file, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    return f'npz:path="{file}"'


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    return images(tmp_path_factory.mktemp("data") / "images.npz")


@pytest.fixture(scope="session")
def finished(data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was adjusted by a chain of two."""
    config = ibt.RunConfig(data=data, val_fraction=0.3, adjust=CHAIN, **SETTINGS)
    return ibt.run(config, out=tmp_path_factory.mktemp("runs") / "finished").folder


@pytest.fixture(scope="session")
def unheld(data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a cosine head and without validation data."""
    config = ibt.RunConfig(data=data, val_fraction=0, loss="ldam", **SETTINGS | {"epochs": 1})
    return ibt.run(config, out=tmp_path_factory.mktemp("runs") / "unheld").folder


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copied"))
