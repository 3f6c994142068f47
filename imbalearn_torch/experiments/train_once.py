"""Runs that differ only in their adjusters are trained once: the others go on from the end of that training.

A run goes on from a checkpoint to the same bits, so a run that is given the last checkpoint of another one, which
differs from it in nothing that training depends on, ends as if it had been trained itself.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.observer import log_file, logger

__all__ = ["take_over", "trained_by"]

_NO_TRAINING = {"adjust", "recipe", "checkpoint_minutes", "checkpoint_keep"}  # what it does not depend on


def trained_by(runs: Iterable[tuple[Path, RunConfig]]) -> dict[Path, Path]:
    """Which run trains for which others: the first of those that are alike but for their adjusters.

    Args:
        runs: Their folders and configurations; what has come furthest first.

    Returns:
        By folder of a run that need not be trained, that of the run which is.
    """
    first: dict[str, Path] = {}
    found = {}
    for folder, config in runs:
        if config.has_objects:  # an object's class does not say what it does
            continue
        values = {name: value for name, value in config.saved().items() if name not in _NO_TRAINING}
        trained = first.setdefault(json.dumps(values, sort_keys=True), folder)
        if trained != folder:
            found[folder] = trained
    return found


def take_over(trained: Path, config: RunConfig, place: RunFolder) -> bool:
    """Give a run the end of another one's training; what is left of it is to be gone on with.

    Args:
        trained: The folder of the run that was trained.
        config: Of the run that is not; it differs from the other one in its adjusters alone.
        place: Its folder, which may have been begun.

    Returns:
        False where nothing can be taken over, so that the run has to be trained: the other one has failed, or its
        checkpoints are gone.
    """
    from imbalearn_torch.training.checkpoint import latest_checkpoint, save_checkpoint

    source = RunFolder(trained)
    if not source.finished or any(place.checkpoints.glob("[0-9]*")):
        return False
    try:
        found = latest_checkpoint(source.checkpoints)
        settings = tomllib.loads((trained / "config.toml").read_text(encoding="utf-8"))
    except (CheckpointError, OSError, ValueError) as error:
        logger.warning("trained once more, since nothing can be taken over from %s: %s", trained, error)
        return False
    if found is None:
        return False
    weights, state, _ = found
    here = config.saved()
    adjusters = here["adjust"]
    state["identity"]["config"] = {**state["identity"]["config"], "adjust": adjusters}
    # With what the machine decided, such as its threads: the run is to go on as that one would have.
    kept = {name: value for name, value in settings.items() if name not in {"schema_version", *_NO_TRAINING}}
    _hold(place, kept | {name: here[name] for name in _NO_TRAINING & set(here)})
    try:
        save_checkpoint(place.checkpoints, state["progress"]["total_steps"], weights, state)
        with log_file(place.path / "log.txt"):
            logger.info("not trained again: it differs in its adjusters alone from %s", trained)
    finally:
        place.release()
    return True


def _hold(place: RunFolder, settings: dict[str, Any]) -> None:
    """Lock the folder, which is made where it is not there."""
    if place.holds_run:
        place.acquire()
        place.write_config(settings)
    else:
        place.create(settings)
