"""A run on the images of another run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import imbalearn_torch as ibt
from imbalearn_torch import RunConfig, registry
from imbalearn_torch.errors import ConfigError, DataError
from imbalearn_torch.experiments.config import config_from_toml
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.run import RunResult


def test_training_on_the_images_of_another_run_repeats_it(
    finished: RunResult, small: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished.folder)
    config = RunConfig(
        **small,
        imbalance="manifest:path=subset.json",
        subset_seed=99,  # decides nothing any more
        sampler="balanced",
        mix="mixup",
        adjust=("logit-adjustment:tau=0.5",),
    )
    again = ibt.run(config, out=tmp_path / "again")
    assert (again.folder / "model.safetensors").read_bytes() == (finished.folder / "model.safetensors").read_bytes()
    assert again.metrics == finished.metrics
    # The path stands in full, so that the run can be repeated from anywhere.
    expected = f"manifest:path={finished.folder / 'subset.json'}"
    assert again.result["config"]["imbalance"] == expected
    assert config_from_toml(again.folder / "config.toml")["imbalance"] == expected
    subsets = [json.loads((each.folder / "subset.json").read_text(encoding="utf-8")) for each in (finished, again)]
    assert {name for name in subsets[0] if subsets[0][name] != subsets[1][name]} == {"imbalance", "subset_seed"}


def test_a_manifest_of_other_data_is_refused(finished: RunResult, small: dict, tmp_path: Path) -> None:
    import numpy as np

    images = np.zeros((400, 1, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "other.npz", images=images, labels=np.arange(400) % 10)
    config = RunConfig(
        **small, data=f"npz:path={tmp_path / 'other.npz'}", imbalance=f"manifest:path={finished.folder}/subset.json"
    )
    with pytest.raises(DataError, match=r"is of other data \(training images: 1797 there, 400 here"):
        ibt.run(config, out=tmp_path / "run")


def test_a_missing_manifest_is_found_before_data_are_read() -> None:
    with pytest.raises(ConfigError, match=r"option 'path' of imbalance 'manifest': no such file or folder: gone\.json"):
        resolve_run(RunConfig(imbalance="manifest:path=gone.json"), registry())
