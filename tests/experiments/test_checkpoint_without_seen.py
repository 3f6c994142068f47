"""Checkpoints from before the images that were drawn were counted are gone on with."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import TINY

import imbalearn_torch as ibt
from imbalearn_torch.errors import RunInterrupted
from imbalearn_torch.experiments.observer import Observer
from imbalearn_torch.training.checkpoint import latest_checkpoint, save_checkpoint

SETTINGS: dict[str, Any] = {**TINY, "backbone": "small-cnn"}


class StopInTheSecondEpoch(Observer):
    def on_step(self, epoch: int, step: int, loss: float) -> None:
        if (epoch, step) == (1, 2):
            signal.raise_signal(signal.SIGINT)


def test_the_count_is_unknown_and_everything_else_as_before(tmp_path: Path) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "run"
    ibt.run(ibt.RunConfig(**SETTINGS), out=whole)
    with pytest.raises(RunInterrupted):
        ibt.run(ibt.RunConfig(**SETTINGS), out=folder, observer=StopInTheSecondEpoch())
    found = latest_checkpoint(folder / "checkpoints")
    assert found is not None
    weights, state, _ = found
    assert state.pop("seen").any()
    shutil.rmtree(folder / "checkpoints")
    save_checkpoint(folder / "checkpoints", state["progress"]["total_steps"], weights, state)
    ibt.resume(folder)
    result, known = (json.loads((each / "result.json").read_text(encoding="utf-8")) for each in (folder, whole))
    assert known["data"].pop("distinct_counts")
    assert result["data"].pop("distinct_counts") is None
    assert (result["data"], result["metrics"]) == (known["data"], known["metrics"])
    assert (folder / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    pages = [(each / "report.html").read_text(encoding="utf-8") for each in (folder, whole)]
    assert ["different ones drawn" in page for page in pages] == [False, True]
