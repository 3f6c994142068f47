"""Which weights the loop keeps, and when it stops early."""

from __future__ import annotations

import math

import pytest


@pytest.mark.parametrize(("patience", "epochs"), [(1, 3), (2, 6), (None, 6)])
def test_patience_counts_epochs_without_improvement(make_engine, make_trainer, figures, patience, epochs: int) -> None:
    validate = figures(0.1, 0.5, 0.5, 0.6, 0.2, 0.3)
    trainer = make_trainer(make_engine(), epochs=6, validate=validate, patience=patience)
    trainer.train()
    assert len(trainer.progress.history) == epochs
    assert trainer.progress.best == (0.5 if epochs == 3 else 0.6)
    assert trainer.progress.stopped == (patience is not None)
    assert validate.saw(trainer.predictor, -1)  # keep="last"


@pytest.mark.parametrize("horizon", [None, 3])
@pytest.mark.parametrize("monitor", ["macro-f1", "loss"])
def test_the_best_weights_are_kept(make_engine, make_trainer, figures, monitor: str, horizon) -> None:
    validate = figures(0.1, 0.5, 0.2, 0.5)
    trainer = make_trainer(make_engine(horizon=horizon), epochs=4, validate=validate, keep="best", monitor=monitor)
    trainer.train()
    assert validate.saw(trainer.predictor, 1)
    assert not validate.saw(trainer.predictor, 3)
    assert trainer.kept_epoch == 1


def test_the_kept_epoch_is_the_last_one_trained_unless_the_best_is_kept(make_engine, make_trainer, figures) -> None:
    trainer = make_trainer(make_engine(), epochs=4, validate=figures(0.5, 0.4, 0.3, 0.2), patience=2)
    assert trainer.kept_epoch == 0
    trainer.train()
    assert (trainer.kept_epoch, trainer.progress.best_epoch) == (2, None)


def test_a_score_that_is_no_number_is_never_the_best(make_engine, make_trainer, figures) -> None:
    validate = figures(math.nan, None, 0.2, 0.1)
    trainer = make_trainer(make_engine(), epochs=4, validate=validate, keep="best")
    trainer.train()
    assert trainer.progress.best == 0.2
    assert validate.saw(trainer.predictor, 2)
