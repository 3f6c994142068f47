"""A run that goes on from the middle of an epoch ends with the same bits, whatever sampler, mix, loss and weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import imbalearn_torch as ibt
from benchmarks.compatibility import OPTIONS, axes
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.observer import Observer
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import open_session
from imbalearn_torch.experiments.train import trainer_of
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.loop import Trainer

PLAIN = {
    "backbone": "small-cnn",
    "imbalance": "step:ratio=3,n_max=12",
    "epochs": 3,
    "batch_size": 12,
    "threads": 1,
    "precision": "fp32",
    "ema": 0.2,
    "select": "best",
}
# Beside the components: what else has a state, or changes with the epoch.
ALSO = [
    {"augment": "crop:pad=1+flip", "optimizer": "muon", "schedule": "cosine:warmup=0.3"},
    {"augment": "shrink:size=6,stop=0.5", "optimizer": "adamw", "schedule": "one-cycle"},
    {"freeze_early": 0.5, "optimizer": "sgd", "schedule": "multistep", "backbone": "resnet20"},
    {"loader": "stream", "workers": 0, "patience": 1, "clip": 0.5},
]


def spelled(kind: str, name: str) -> str:
    options = {**OPTIONS, "sampler:weighted": "weights=[1,2,3,4,5,6,7,8,9,10]"}.get(f"{kind}:{name}")
    return f"{name}:{options}" if options else name


def rows() -> list[dict[str, Any]]:
    """Every built-in of the four kinds at least once, each with others beside it."""
    every = {kind: axes()[kind] for kind in ("sampler", "mix", "loss", "weights")}
    return [
        {kind: spelled(kind, names[number % len(names)]) for kind, names in every.items()} | ALSO[number % len(ALSO)]
        for number in range(max(map(len, every.values())))
    ]


def trainer_for(values: dict[str, Any], folder: Path | None = None, watcher: Observer | None = None) -> Trainer:
    known = registry(plugins=False)
    session = open_session(resolve_run(ibt.RunConfig(**{**PLAIN, **values}), known), known)
    return trainer_of(session, RunFolder(folder) if folder is not None else None, watcher)


class SaveAt(Observer):
    """Has a checkpoint written after one step, as the clock would."""

    def __init__(self, step: int) -> None:
        self.left = step
        self.trainer: Trainer | None = None

    def on_step(self, epoch: int, step: int, loss: float) -> None:
        self.left -= 1
        if self.left == 0:
            assert self.trainer is not None
            self.trainer.save()


def ending(trainer: Trainer) -> dict[str, Any]:
    parts = trainer.engine.parts
    modules = {"network": parts.network, "predictor": trainer.predictor, "loss": parts.loss.loss}
    tensors = {f"{part}.{name}": value for part, each in modules.items() for name, value in each.state_dict().items()}
    history = [
        {key: value for key, value in row.items() if "seconds" not in key and "per_second" not in key}
        for row in trainer.progress.history
    ]
    numbers = (trainer.progress.best, trainer.progress.since_best, trainer.progress.stopped, trainer.kept_epoch)
    return {**tensors, "drawn": trainer.drawn, "distinct": trainer.distinct, "history": history, "numbers": numbers}


def alike(one: Any, other: Any) -> bool:
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.parametrize("values", rows(), ids=lambda values: f"{values['sampler']}, {values['mix']}, {values['loss']}")
def test_going_on_in_the_middle_of_an_epoch_changes_no_bit(values: dict[str, Any], tmp_path: Path) -> None:
    watcher = SaveAt(9)  # the second epoch's, of seven or so steps each
    whole = trainer_for({**values, "checkpoint_every": 99, "checkpoint_keep": 9}, tmp_path, watcher)
    watcher.trainer = whole
    whole.train()
    first = min((tmp_path / "checkpoints").iterdir())
    assert int(first.name) == 9
    for each in (tmp_path / "checkpoints").iterdir():
        if each != first:
            each.rename(tmp_path / each.name)
    found = latest_checkpoint(tmp_path / "checkpoints")
    assert found is not None
    weights, state, problems = found
    assert (problems, state["progress"]["total_steps"]) == ([], 9)
    assert 0 < state["progress"]["step"] < whole.progress.history[0]["steps"]
    resumed = trainer_for(values)
    resumed.load(weights, state)
    resumed.train()
    one, other = ending(resumed), ending(whole)
    assert one.keys() == other.keys()
    assert [name for name in one if not alike(one[name], other[name])] == []


def test_every_built_in_stands_in_a_row() -> None:
    for kind in ("sampler", "mix", "loss", "weights"):
        assert {row[kind].partition(":")[0] for row in rows()} == set(axes()[kind])
