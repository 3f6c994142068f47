"""Signals, checkpoints, and that resuming changes nothing."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import NonFiniteError, RunInterrupted
from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.loop import Trainer


def timeless(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if "second" not in key} for row in history]


def everything(trainer: Trainer) -> dict[str, Tensor]:
    parts = trainer.engine.parts
    tensors = {f"network.{name}": tensor for name, tensor in parts.network.state_dict().items()}
    tensors |= {f"predictor.{name}": tensor for name, tensor in trainer.predictor.state_dict().items()}
    tensors |= {f"loss.{name}": tensor for name, tensor in parts.loss.loss.state_dict().items()}
    return {name: tensor.clone() for name, tensor in tensors.items()} | {
        "drawn": trainer.drawn,
        "distinct": trainer.distinct,
    }


def equal(one: Trainer, two: Trainer) -> bool:
    left, right = everything(one), everything(two)
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def score_of_weights(network: nn.Module) -> dict[str, Any]:
    size = float(sum(each.detach().abs().sum() for each in network.parameters()))
    return {"val_loss": size, "val_accuracy": 0.0, "val_macro_f1": math.sin(size)}


def test_components_are_told_again_after_resuming(
    make_engine, make_trainer, counting_loss, tmp_path: Path, after
) -> None:
    first = make_trainer(make_engine(loss=counting_loss()), folder=tmp_path, epochs=3, stop=after(6))
    with pytest.raises(RunInterrupted):
        first.train()
    loss = counting_loss()
    trainer = make_trainer(make_engine(loss=loss), folder=tmp_path, epochs=3, components=(loss,))
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    trainer.load(weights, state)
    trainer.train()
    assert [value for name, value in loss.calls if name == "set_epoch"] == [1, 2]
    assert [name for name, _ in loss.calls if name.startswith("set_")] == ["set_epoch", "set_prior"] * 2
    assert sum(name == "observe" for name, _ in loss.calls) == 12 - 6
    assert loss.seen.tolist() == trainer.drawn.tolist()


def test_a_signal_leaves_a_checkpoint_and_says_which_it_was(make_engine, make_trainer, tmp_path: Path, after) -> None:
    trainer = make_trainer(make_engine(), folder=tmp_path, stop=after(6, number=15))
    with pytest.raises(RunInterrupted, match="in epoch 2 after 2 steps") as caught:
        trainer.train()
    assert (caught.value.signal_number, caught.value.exit_code) == (15, 143)
    _, state, problems = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    assert not problems
    assert (state["progress"]["epoch"], state["progress"]["step"], state["progress"]["total_steps"]) == (1, 2, 6)
    assert state["identity"] == {"run": 1}


def test_a_signal_before_the_first_step_leaves_nothing(make_engine, make_trainer, tmp_path: Path, after) -> None:
    trainer = make_trainer(make_engine(), folder=tmp_path, stop=after(0, number=2))
    with pytest.raises(RunInterrupted) as caught:
        trainer.train()
    assert caught.value.exit_code == 130
    assert latest_checkpoint(tmp_path) is None
    assert trainer.progress.total_steps == 0


@pytest.mark.parametrize(("every", "steps"), [(1, [16, 20]), (2, [16, 20]), (3, [12, 20]), (9, [20])])
def test_checkpoints_every_so_many_epochs_and_at_the_end(make_engine, make_trainer, tmp_path, every, steps) -> None:
    make_trainer(make_engine(), folder=tmp_path, epochs=5, checkpoint_every=every).train()
    assert sorted(int(each.name) for each in tmp_path.iterdir()) == steps


def test_a_checkpoint_marks_a_run_whose_patience_ran_out_as_over(
    make_engine, make_trainer, tmp_path: Path, figures
) -> None:
    options = {"folder": tmp_path, "epochs": 6, "patience": 1, "checkpoint_every": 9, "keep": "best"}
    first = make_trainer(make_engine(), validate=figures(0.5, 0.4), **options)
    first.train()
    again = make_trainer(make_engine(), validate=figures(), **options)
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    again.load(weights, state)
    again.train()
    assert again.progress.history == first.progress.history
    assert equal(again, first)


@pytest.fixture
def run_in_parts(make_engine, make_trainer, counting_loss, after) -> Callable[..., Trainer]:
    """Trains in new objects after each stop, as a new process would."""

    def run(folder: Path, *stops: int, engine: dict[str, Any], loop: dict[str, Any]) -> Trainer:
        for steps in (*stops, 10**9):
            trainer = make_trainer(
                make_engine(**engine, loss=counting_loss()), folder=folder, stop=after(steps), **loop
            )
            found = latest_checkpoint(folder)
            if found is not None:
                trainer.load(found[0], found[1])
            with contextlib.suppress(RunInterrupted):
                trainer.train()
        return trainer  # pyright: ignore[reportPossiblyUnboundVariable]

    return run


@pytest.mark.parametrize("schedule", ["one-cycle", "cosine:warmup=0.25", "multistep:warmup=0.2", "constant:warmup=0.5"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "muon"])
def test_resuming_in_the_middle_changes_no_bit(run_in_parts, tmp_path: Path, optimizer: str, schedule: str) -> None:
    engine = {"optimizer": optimizer, "schedule": schedule, "horizon": 5, "precision": "fp32", "steps": 12}
    engine |= {"mix": ibt.build("mix", "mixup"), "chain": "crop:pad=1+flip", "clip": 1.0}
    loop = {"epochs": 3, "validate": score_of_weights, "keep": "best"}
    whole = run_in_parts(tmp_path / "whole", engine=engine, loop=loop)
    parts = run_in_parts(tmp_path / "parts", 2, 1, 4, engine=engine, loop=loop)
    assert timeless(parts.progress.history) == timeless(whole.progress.history)
    assert len(whole.progress.history) == 3
    assert equal(parts, whole)
    assert parts.progress.best == whole.progress.best


def test_stopping_between_the_last_step_and_validation_changes_no_bit(run_in_parts, tmp_path: Path) -> None:
    options = {"engine": {"schedule": "one-cycle", "steps": 8}, "loop": {"epochs": 2}}
    whole = run_in_parts(tmp_path / "whole", **options)
    parts = run_in_parts(tmp_path / "parts", 4, **options)
    assert timeless(parts.progress.history) == timeless(whole.progress.history)
    assert equal(parts, whole)


def test_the_loss_scale_is_resumed(make_engine, make_trainer, tmp_path: Path, after) -> None:
    first = make_engine(precision="fp16")
    first.parts.network.backbone.conv.weight.register_hook(lambda gradient: gradient * math.inf)
    with pytest.raises(RunInterrupted):
        make_trainer(first, folder=tmp_path, stop=after(3)).train()
    second = make_engine(precision="fp16")
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    make_trainer(second).load(weights, state)
    assert second.scaler.get_scale() == 65536 / 8
    assert second.skipped == 3


def test_without_a_folder_nothing_is_written(make_engine, make_trainer, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_trainer(make_engine()).train()
    assert not list(tmp_path.iterdir())


def test_the_clock_writes_checkpoints_within_an_epoch_and_changes_nothing(
    make_engine, make_trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_trainer(make_engine(), epochs=2)
    whole.train()
    minutes = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: next(minutes) * 60.0)
    saved: list[int] = []
    trainer = make_trainer(make_engine(), folder=tmp_path, epochs=2, checkpoint_every=9, checkpoint_minutes=3.0)
    save = trainer.save

    def noted() -> None:
        saved.append(trainer.progress.total_steps)
        save()

    monkeypatch.setattr(trainer, "save", noted)
    trainer.train()
    # Looks: at the start, after each step, and after each save: minutes 0; 1, 2, 3 (saved; 4), 5, 6, 7 (saved; 8), ...
    assert saved == [3, 6, 8]
    assert equal(trainer, whole)
    never = make_trainer(make_engine(), folder=tmp_path / "never", epochs=2, checkpoint_every=9)
    never.train()
    assert [each.name for each in (tmp_path / "never").iterdir()] == ["00000008"]


def test_overflows_in_a_row_are_counted_across_a_resume(make_engine, make_trainer, tmp_path: Path, after) -> None:
    def overflowing() -> Any:
        engine = make_engine(precision="fp16")
        engine.parts.network.backbone.conv.weight.register_hook(lambda gradient: gradient * math.inf)
        return engine

    with pytest.raises(RunInterrupted):
        make_trainer(overflowing(), folder=tmp_path, epochs=9, stop=after(13)).train()
    second = overflowing()
    trainer = make_trainer(second, folder=tmp_path, epochs=9)
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    trainer.load(weights, state)
    assert second.skipped_in_a_row == 13
    with pytest.raises(NonFiniteError, match="20 steps in a row overflowed in fp16, the last in epoch 5, step 4"):
        trainer.train()


def test_a_checkpoint_from_before_a_number_was_kept_still_loads(make_engine, make_trainer, tmp_path: Path) -> None:
    make_trainer(make_engine(), folder=tmp_path, epochs=1).train()
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    for name in ("skipped_in_a_row", "best_step"):
        del state["progress"][name]
    trainer = make_trainer(make_engine(), epochs=2)
    trainer.load(weights, state)
    trainer.train()
    assert trainer.progress.total_steps == 8


def test_every_number_of_processes_is_remembered(make_engine, make_trainer, tmp_path: Path, after) -> None:
    def gone_on(*processes: int, steps: int) -> list[int]:
        """What is known after so many steps, from a checkpoint of a run that these have trained."""
        weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
        trainer = make_trainer(make_engine(), folder=tmp_path, stop=after(steps))
        trainer.load(weights, {**state, "processes": list(processes)})
        with contextlib.suppress(RunInterrupted):
            trainer.train()
        return trainer.processes

    with pytest.raises(RunInterrupted):
        make_trainer(make_engine(), folder=tmp_path, stop=after(1)).train()
    assert latest_checkpoint(tmp_path)[1]["processes"] == [1]  # pyright: ignore[reportOptionalSubscript]
    assert gone_on(1, steps=1) == [1]
    assert gone_on(2, steps=1) == [2, 1]
    assert latest_checkpoint(tmp_path)[1]["processes"] == [2, 1]  # pyright: ignore[reportOptionalSubscript]
    assert gone_on(2, 1, steps=1) == [2, 1]
    assert gone_on(1, 2, steps=1) == [1, 2, 1]
    assert gone_on(steps=99) == [1]  # a checkpoint from before they were counted
    assert gone_on(2, steps=1) == [2]  # nothing is left to train
