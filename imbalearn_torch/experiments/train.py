"""Train an open session in its run folder, from its last checkpoint if it has one, and write the results."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from typing import Any

from imbalearn_torch.errors import RunInterrupted
from imbalearn_torch.experiments.environment import describe_environment
from imbalearn_torch.experiments.failure import earlier_failure, recorded_failure
from imbalearn_torch.experiments.finish import write_results
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.observer import Observer
from imbalearn_torch.experiments.plugin_record import recorded_plugins
from imbalearn_torch.experiments.session import Session
from imbalearn_torch.experiments.validator import validator
from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.loop import LoopConfig, Trainer

__all__ = ["train", "trainer_of"]


def train(
    session: Session,
    folder: RunFolder,
    watcher: Observer,
    *,
    plugins: Sequence[str],
    stop: Callable[[], int | None],
    started: float,
) -> dict[str, Any]:
    """Do what is left of the run.

    Args:
        session: The run in memory.
        folder: Open and locked.
        watcher: Told of every step and epoch.
        plugins: The `--plugin FILE` words that the command to repeat the run needs.
        stop: A signal's number once one has come.
        started: `time.perf_counter()` at the beginning.

    Returns:
        What result.json holds.

    Raises:
        NonFiniteError: The loss or its gradient became NaN or infinite; failure.json says where.
        RunInterrupted: The run was asked to stop.
    """
    runtime = session.runtime
    trainer = trainer_of(session, folder if runtime.is_main else None, watcher, stop)
    found = runtime.on_main(lambda: latest_checkpoint(folder.checkpoints))
    if found is not None:
        weights, state, problems = found
        for problem in problems:
            watcher.on_message(f"{problem}; going on from the one before")
        identity = state.get("identity")
        session.check_identity(identity if isinstance(identity, dict) else {})
        trainer.load(weights, state)
        session.warn(_other_processes(trainer.processes))
        # What was trained before took its time as well.
        started -= trainer.progress.train_seconds + trainer.progress.epoch_seconds
    if not runtime.is_main:
        _train(trainer)
        return runtime.broadcast_object({})
    folder.write_lines("metrics.jsonl", trainer.progress.history)
    watcher.on_start(folder.path, session.config.epochs, session.steps, session.warnings)
    failed = earlier_failure(folder)
    if failed is not None:
        watcher.on_message(failed)
    with recorded_failure(session, folder):
        _train(trainer)
        result = _results(session, folder, trainer, plugins=plugins, stop=stop, started=started)
    return runtime.broadcast_object(result)


def _other_processes(numbers: list[int]) -> str | None:
    """What to say of a run that different numbers of processes have trained."""
    if len(numbers) < 2:
        return None
    return (
        f"this run was gone on with by another number of processes ({', then '.join(map(str, numbers))}): its weights "
        "are those of an uninterrupted run to rounding at most, and with a mix, dropout or batch norm not even that"
    )


def _train(trainer: Trainer) -> None:
    try:
        trainer.train()
    finally:
        trainer.engine.parts.loader.close()


def _results(
    session: Session,
    folder: RunFolder,
    trainer: Trainer,
    *,
    plugins: Sequence[str],
    stop: Callable[[], int | None],
    started: float,
) -> dict[str, Any]:
    def leave_if_asked() -> None:
        number = stop()
        if number is not None:
            raise RunInterrupted("stopped by a signal after the last step, before the results were written", number)

    seconds = trainer.progress.train_seconds
    images = trainer.progress.total_steps * (session.config.batch_size or 1)
    timing = {
        "total_seconds": time.perf_counter() - started,
        "train_seconds": seconds,
        "images_per_second": images / seconds if seconds else None,
    }
    return write_results(
        session,
        folder,
        trainer.predictor,
        kept_epoch=trainer.kept_epoch,
        drawn=trainer.drawn,
        distinct=trainer.distinct,
        timing=timing,
        environment=describe_environment(session.precision.device) | recorded_plugins(folder.path),
        command=shlex.join([*session.runtime.command, "run", "--config", str(folder.path / "config.toml"), *plugins]),
        between=leave_if_asked,
    )


def trainer_of(
    session: Session,
    folder: RunFolder | None = None,
    watcher: Observer | None = None,
    stop: Callable[[], int | None] = lambda: None,
) -> Trainer:
    """The loop over an open session.

    Args:
        session: The run in memory.
        folder: Gets checkpoints and a line an epoch; None: nothing is written.
        watcher: Told of every step and epoch.
        stop: A signal's number once one has come.
    """
    config, components = session.config, session.components
    network, watching = session.network(), watcher or Observer()
    engine = session.engine(network)

    def on_epoch(row: dict[str, Any]) -> None:
        if folder is not None:
            folder.append_line("metrics.jsonl", row)
        watching.on_epoch(row)

    trainer = Trainer(
        engine,
        columns=components.columns,
        components=(
            *(components.sampler, components.mix, components.loss, network.backbone),
            *(engine.parts.loader, components.late_freeze),
        ),
        stats=components.stats,
        class_weights=components.weights,
        validate=validator(session, lambda: trainer.stop_between_batches()),  # noqa: PLW0108 - there is no trainer yet
        config=LoopConfig(
            epochs=config.epochs,
            batch_size=config.batch_size or 1,
            keep="last" if config.select == "last" else "best",
            monitor=config.monitor,
            patience=config.patience,
            checkpoint_every=config.checkpoint_every,
            checkpoint_minutes=config.checkpoint_minutes,
            checkpoint_keep=config.checkpoint_keep,
        ),
        folder=folder.checkpoints if folder is not None else None,
        identity=session.identity(),
        on_step=watching.on_step,
        on_epoch=on_epoch,
        stop=stop,
    )
    return trainer
