"""What stands in the folder of a run that a comparison wants: nothing, a part, all of it, something else. No torch."""

from __future__ import annotations

import tomllib
from enum import Enum
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError, RunFolderError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.failure import FAILURE
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.plugin_record import PLUGINS, check_plugins
from imbalearn_torch.plugin.registry import Registry

__all__ = ["RunState", "state_of"]

_OF_THE_MACHINE = {
    *("schema_version", "threads", "device", "precision", "loader", "workers"),
    *("checkpoint_minutes", "checkpoint_keep", "recipe"),
    PLUGINS,  # compared by `check_plugins`
}


class RunState(Enum):
    """How far a run has come."""

    NEW = "new"
    BEGUN = "begun"
    FINISHED = "finished"
    DIVERGED = "diverged"


def state_of(folder: Path, config: RunConfig, known: Registry) -> RunState:
    """How far the run in a folder has come.

    Args:
        folder: Of the run.
        config: What is wanted there.
        known: Where components are looked up.

    Raises:
        RunFolderError: It holds something else.
        ConfigError: It was started with a plugin file that is not given.
        CheckpointError: It is finished, but its result.json is not what the run wrote; or a plugin file has changed.
    """
    place = RunFolder(folder)
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file; delete it, or give another --out")
    if not place.holds_run:
        if any(not each.name.startswith(".") for each in folder.glob("*")):
            raise RunFolderError(f"{folder} holds parts of a run, but no config.toml; delete it to repeat the run")
        return RunState.NEW
    _check_same(folder, config)
    check_plugins(folder, known)
    if place.finished:
        try:
            _ = FinishedRun(folder, known).result
        except CheckpointError as error:
            raise CheckpointError(f"{error}; delete the folder to repeat the run") from error
        return RunState.FINISHED
    return RunState.DIVERGED if (folder / FAILURE).exists() else RunState.BEGUN


def _check_same(folder: Path, config: RunConfig) -> None:
    file = folder / "config.toml"
    try:
        there: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}; delete the folder to repeat the run") from error
    here = config.saved()
    changed = [
        f"{name} {there.get(name)!r} there, {here.get(name)!r} here"
        for name in {**there, **here}
        if name not in _OF_THE_MACHINE and there.get(name) != here.get(name)
    ]
    if changed:
        raise RunFolderError(
            f"{folder} holds a run of another configuration ({'; '.join(changed)}); delete it, or give another --out"
        )
