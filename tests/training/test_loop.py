"""The loop: whom it tells what, and what it reports."""

from __future__ import annotations

import json
import math
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor

import imbalearn_torch as ibt

ROW = {"epoch", "lr", "train_loss", "gradient_norm", "steps", "skipped_steps", "train_seconds", "images_per_second"}


class Told:
    """A component that keeps the epochs it is told of."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)


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


def test_a_row_of_figures_for_each_epoch(make_engine, make_trainer, figures) -> None:
    rows: list[dict[str, Any]] = []
    steps: list[tuple[int, int, float]] = []
    trainer = make_trainer(
        make_engine(schedule="one-cycle"),
        validate=figures(0.3, 0.4),
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
    assert torch.equal(trainer.distinct, torch.bincount(targets[used.unique()], minlength=4))


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
