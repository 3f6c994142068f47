"""The loop: whom it tells what, what it reports, when it stops, and that resuming changes nothing."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import RunInterrupted
from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.loop import Trainer

ROW = {"epoch", "lr", "train_loss", "gradient_norm", "steps", "skipped_steps", "train_seconds", "images_per_second"}


class Told:
    """A component that keeps the epochs it is told of."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)


class After:
    """Asks the run to stop after some steps; it is asked once before the first."""

    def __init__(self, steps: int, number: int = 15) -> None:
        self.left, self.number = steps + 1, number

    def __call__(self) -> int | None:
        self.left -= 1
        return self.number if self.left == 0 else None


def timeless(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if "second" not in key} for row in history]


def everything(trainer: Trainer) -> dict[str, Tensor]:
    parts = trainer.engine.parts
    tensors = {f"network.{name}": tensor for name, tensor in parts.network.state_dict().items()}
    tensors |= {f"predictor.{name}": tensor for name, tensor in trainer.predictor.state_dict().items()}
    tensors |= {f"loss.{name}": tensor for name, tensor in parts.loss.loss.state_dict().items()}
    return {name: tensor.clone() for name, tensor in tensors.items()} | {"drawn": trainer.drawn}


def equal(one: dict[str, Tensor], two: dict[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


class Figures:
    """A validation that gives the next of some macro-F1 scores, and keeps the weights it saw."""

    def __init__(self, *scores: float | None) -> None:
        self.left = list(scores)
        self.seen: list[dict[str, Tensor]] = []

    def __call__(self, network: nn.Module) -> dict[str, Any]:
        self.seen.append({name: tensor.clone() for name, tensor in network.state_dict().items()})
        score = self.left.pop(0)
        return {"val_loss": None if score is None else 1 - score, "val_accuracy": 0.5, "val_macro_f1": score}


def score_of_weights(network: nn.Module) -> dict[str, Any]:
    size = float(sum(each.detach().abs().sum() for each in network.parameters()))
    return {"val_loss": size, "val_accuracy": 0.0, "val_macro_f1": math.sin(size)}


def test_components_are_told_of_each_epoch_and_the_loss_of_its_prior(make_engine, make_trainer, counting_loss) -> None:
    loss, component = counting_loss(), Told()
    trainer = make_trainer(make_engine(loss=loss), epochs=3, components=(component, None, loss, object()))
    trainer.train()
    assert component.epochs == [0, 1, 2]
    told = [(name, value) for name, value in loss.calls if name.startswith("set_")]
    assert [name for name, _ in told] == ["set_epoch", "set_prior"] * 3
    assert [value for name, value in told if name == "set_epoch"] == [0, 1, 2]
    expected = torch.bincount(trainer.engine.parts.loader.targets).double() / 40
    assert torch.allclose(told[1][1], expected, rtol=0, atol=1e-15)
    assert told[1][1].dtype == torch.float64
    # Told before the first step, and before each later one.
    assert [name for name, _ in loss.calls][:3] == ["set_epoch", "set_prior", "observe"]


def test_components_are_told_again_after_resuming(make_engine, make_trainer, counting_loss, tmp_path: Path) -> None:
    first = make_trainer(make_engine(loss=counting_loss()), folder=tmp_path, epochs=3, stop=After(6))
    with pytest.raises(RunInterrupted):
        first.train()
    loss, component = counting_loss(), Told()
    trainer = make_trainer(make_engine(loss=loss), folder=tmp_path, epochs=3, components=(component, loss))
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    trainer.load(weights, state)
    trainer.train()
    assert component.epochs == [1, 2]
    assert [name for name, _ in loss.calls if name.startswith("set_")] == ["set_epoch", "set_prior"] * 2
    assert sum(name == "observe" for name, _ in loss.calls) == 12 - 6
    assert loss.seen.tolist() == trainer.drawn.tolist()


def test_the_average_is_told_of_each_epoch_too(make_engine, make_trainer, small_net) -> None:
    class Backbone(small_net):
        told: ClassVar[list[tuple[int, int]]] = []

        def set_epoch(self, epoch: int) -> None:
            self.told.append((id(self), epoch))

    engine = make_engine(net=Backbone(), horizon=3)
    make_trainer(engine, components=(engine.parts.network.backbone,)).train()
    copies = [id(engine.parts.network.backbone), id(engine.parts.averaged.module.backbone)]
    assert sorted(Backbone.told) == sorted((copy, epoch) for copy in copies for epoch in range(2))


def test_training_is_in_training_mode_whatever_came_before(make_engine, make_trainer) -> None:
    engine = make_engine()
    engine.parts.network.eval()
    trainer = make_trainer(engine, on_epoch=lambda _: engine.parts.network.eval())
    trainer.train()
    assert int(engine.parts.network.backbone.norm.num_batches_tracked) == 8  # counted in training mode alone


def test_a_row_of_figures_for_each_epoch(make_engine, make_trainer) -> None:
    rows: list[dict[str, Any]] = []
    steps: list[tuple[int, int, float]] = []
    trainer = make_trainer(
        make_engine(schedule="one-cycle"),
        validate=Figures(0.3, 0.4),
        on_step=lambda *values: steps.append(values),
        on_epoch=rows.append,
    )
    trainer.train()
    assert rows == trainer.progress.history
    assert [set(row) for row in rows] == [ROW | {"val_loss", "val_accuracy", "val_macro_f1"}] * 2
    assert [each[:2] for each in steps] == [(epoch, step) for epoch in range(2) for step in range(4)]
    for epoch, row in enumerate(rows):
        losses = [loss for number, _, loss in steps if number == epoch]
        assert row["train_loss"] == pytest.approx(sum(losses) / 4, rel=1e-12)
        assert (row["epoch"], row["steps"], row["skipped_steps"]) == (epoch, 4 * (epoch + 1), 0)
        assert row["images_per_second"] == pytest.approx(40 / row["train_seconds"])
    # The rate of the last step, not the one that would come next: one ninth of the peak is left after 8 of 9 steps.
    assert rows[1]["lr"] == pytest.approx(0.1 * (1 - (7 - 0.8) / (8 - 0.8)), rel=1e-6)
    assert trainer.progress.train_seconds == pytest.approx(sum(row["train_seconds"] for row in rows))
    json.dumps(rows, allow_nan=False)


def test_without_validation_there_are_no_figures_of_it(make_engine, make_trainer) -> None:
    trainer = make_trainer(make_engine(), epochs=1, patience=1)
    trainer.train()
    assert set(trainer.progress.history[0]) == ROW


def test_an_overflow_leaves_the_row_finite(make_engine, make_trainer) -> None:
    engine = make_engine(precision="fp16")
    hook = engine.parts.network.backbone.fc.bias.register_hook(lambda gradient: gradient * math.inf)
    trainer = make_trainer(engine, epochs=1, on_step=lambda *_: hook.remove())
    trainer.train()
    row = trainer.progress.history[0]
    assert row["skipped_steps"] == 1
    assert 0 < row["gradient_norm"] < math.inf


def test_drawn_counts_every_image_of_every_column(make_engine, make_trainer, column) -> None:
    columns = (column(0), column(1))
    trainer = make_trainer(make_engine(mix=ibt.build("mix", "mixup")), batch_size=12, columns=columns)
    trainer.train()
    targets = trainer.engine.parts.loader.targets
    used = torch.cat([each.batches(epoch, 12).flatten() for each in columns for epoch in range(2)])
    assert used.numel() == 2 * 2 * 36
    assert torch.equal(trainer.drawn, torch.bincount(targets[used], minlength=4))


def test_class_weights_are_those_of_the_epoch(make_engine, make_trainer) -> None:
    asked: list[int] = []

    def weights(epoch: int) -> Tensor:
        asked.append(epoch)
        return torch.tensor([0.0, 0.0, 0.0, 0.0]) if epoch == 0 else torch.ones(4)

    trainer = make_trainer(make_engine(optimizer="sgd:weight_decay=0"), class_weights=weights)
    trainer.train()
    assert asked == [0, 1]
    first, second = trainer.progress.history
    assert first["train_loss"] == first["gradient_norm"] == 0
    assert second["train_loss"] > 0


def test_the_predictor_is_the_average_once_there_is_one(make_engine, make_trainer) -> None:
    plain, averaged = make_trainer(make_engine()), make_trainer(make_engine(horizon=3))
    assert averaged.predictor is averaged.engine.parts.network
    for trainer in (plain, averaged):
        trainer.train()
    assert plain.predictor is plain.engine.parts.network
    assert averaged.predictor is averaged.engine.parts.averaged.module


@pytest.mark.parametrize(("patience", "epochs"), [(1, 3), (2, 6), (None, 6)])
def test_patience_counts_epochs_without_improvement(make_engine, make_trainer, patience, epochs: int) -> None:
    validate = Figures(0.1, 0.5, 0.5, 0.6, 0.2, 0.3)
    trainer = make_trainer(make_engine(), epochs=6, validate=validate, patience=patience)
    trainer.train()
    assert len(trainer.progress.history) == epochs
    assert trainer.progress.best == (0.5 if epochs == 3 else 0.6)
    assert trainer.progress.stopped == (patience is not None)
    assert equal(trainer.predictor.state_dict(), validate.seen[-1])  # keep="last"


@pytest.mark.parametrize("horizon", [None, 3])
@pytest.mark.parametrize("monitor", ["macro-f1", "loss"])
def test_the_best_weights_are_kept(make_engine, make_trainer, monitor: str, horizon) -> None:
    validate = Figures(0.1, 0.5, 0.2, 0.5)
    trainer = make_trainer(make_engine(horizon=horizon), epochs=4, validate=validate, keep="best", monitor=monitor)
    trainer.train()
    assert equal(trainer.predictor.state_dict(), validate.seen[1])
    assert not equal(validate.seen[1], validate.seen[3])
    assert trainer.kept_epoch == 1


def test_the_kept_epoch_is_the_last_one_trained_unless_the_best_is_kept(make_engine, make_trainer) -> None:
    trainer = make_trainer(make_engine(), epochs=4, validate=Figures(0.5, 0.4, 0.3, 0.2), patience=2)
    assert trainer.kept_epoch == 0
    trainer.train()
    assert (trainer.kept_epoch, trainer.progress.best_epoch) == (2, None)


def test_a_score_that_is_no_number_is_never_the_best(make_engine, make_trainer) -> None:
    validate = Figures(math.nan, None, 0.2, 0.1)
    trainer = make_trainer(make_engine(), epochs=4, validate=validate, keep="best")
    trainer.train()
    assert trainer.progress.best == 0.2
    assert equal(trainer.predictor.state_dict(), validate.seen[2])


def test_a_signal_leaves_a_checkpoint_and_says_which_it_was(make_engine, make_trainer, tmp_path: Path) -> None:
    trainer = make_trainer(make_engine(), folder=tmp_path, stop=After(6, number=15))
    with pytest.raises(RunInterrupted, match="in epoch 2 after 2 steps") as caught:
        trainer.train()
    assert (caught.value.signal_number, caught.value.exit_code) == (15, 143)
    _, state, problems = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    assert not problems
    assert (state["progress"]["epoch"], state["progress"]["step"], state["progress"]["total_steps"]) == (1, 2, 6)
    assert state["identity"] == {"run": 1}


def test_a_signal_before_the_first_step_leaves_nothing(make_engine, make_trainer, tmp_path: Path) -> None:
    trainer = make_trainer(make_engine(), folder=tmp_path, stop=After(0, number=2))
    with pytest.raises(RunInterrupted) as caught:
        trainer.train()
    assert caught.value.exit_code == 130
    assert latest_checkpoint(tmp_path) is None
    assert trainer.progress.total_steps == 0


@pytest.mark.parametrize(("every", "steps"), [(1, [16, 20]), (2, [16, 20]), (3, [12, 20]), (9, [20])])
def test_checkpoints_every_so_many_epochs_and_at_the_end(make_engine, make_trainer, tmp_path, every, steps) -> None:
    make_trainer(make_engine(), folder=tmp_path, epochs=5, checkpoint_every=every).train()
    assert sorted(int(each.name) for each in tmp_path.iterdir()) == steps


def test_a_checkpoint_marks_a_run_whose_patience_ran_out_as_over(make_engine, make_trainer, tmp_path: Path) -> None:
    options = {"folder": tmp_path, "epochs": 6, "patience": 1, "checkpoint_every": 9, "keep": "best"}
    first = make_trainer(make_engine(), validate=Figures(0.5, 0.4), **options)
    first.train()
    again = make_trainer(make_engine(), validate=Figures(), **options)
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    again.load(weights, state)
    again.train()
    assert again.progress.history == first.progress.history
    assert equal(everything(again), everything(first))


@pytest.fixture
def run_in_parts(make_engine, make_trainer, counting_loss) -> Callable[..., Trainer]:
    """Trains in new objects after each stop, as a new process would."""

    def run(folder: Path, *stops: int, engine: dict[str, Any], loop: dict[str, Any]) -> Trainer:
        for steps in (*stops, 10**9):
            trainer = make_trainer(
                make_engine(**engine, loss=counting_loss()), folder=folder, stop=After(steps), **loop
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
    assert equal(everything(parts), everything(whole))
    assert parts.progress.best == whole.progress.best


def test_stopping_between_the_last_step_and_validation_changes_no_bit(run_in_parts, tmp_path: Path) -> None:
    options = {"engine": {"schedule": "one-cycle", "steps": 8}, "loop": {"epochs": 2}}
    whole = run_in_parts(tmp_path / "whole", **options)
    parts = run_in_parts(tmp_path / "parts", 4, **options)
    assert timeless(parts.progress.history) == timeless(whole.progress.history)
    assert equal(everything(parts), everything(whole))


def test_the_loss_scale_is_resumed(make_engine, make_trainer, tmp_path: Path) -> None:
    first = make_engine(precision="fp16")
    first.parts.network.backbone.conv.weight.register_hook(lambda gradient: gradient * math.inf)
    with pytest.raises(RunInterrupted):
        make_trainer(first, folder=tmp_path, stop=After(3)).train()
    second = make_engine(precision="fp16")
    weights, state, _ = latest_checkpoint(tmp_path)  # pyright: ignore[reportGeneralTypeIssues]
    make_trainer(second).load(weights, state)
    assert second.scaler.get_scale() == 65536 / 8
    assert second.skipped == 3


def test_without_a_folder_nothing_is_written(make_engine, make_trainer, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_trainer(make_engine()).train()
    assert not list(tmp_path.iterdir())
