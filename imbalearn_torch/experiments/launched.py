"""Runs that torchrun starts, and starts again: the same command goes on where it stopped, unless it failed for good."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from imbalearn_torch.errors import ImbalearnError, PeerError, RunFolderError, RunInterrupted, StorageError
from imbalearn_torch.experiments.failure import FAILURE, failure_of, note_failure
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.training.runtime import Runtime

__all__ = ["launched_folder", "recorded_end", "refuse_failed"]

_PASSING = (RunInterrupted, PeerError, StorageError)  # what another attempt may not meet


def launched_folder(
    out: Path | None, name: str, launch: str, resolved: ResolvedRun, known: Registry
) -> tuple[RunFolder, str]:
    """Where a run of torchrun's lives, and how far it has come there: "new", "begun" or "finished".

    Args:
        out: As given; None: `runs/NAME-LAUNCH`, which a restart finds again, or with a number behind it, since a
            script may do one run after the other.
        name: Of the run.
        launch: Of torchrun's start of the command.
        resolved: What is asked for.
        known: Where components are looked up.

    Raises:
        RunFolderError: The folder holds something else.
        ImbalearnError: The run has failed for its own reasons, and would again; with the exit code it had.
    """
    if out is not None:
        return RunFolder(out), _state(RunFolder(out), resolved, known)
    stem = f"{name}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', launch)}"
    place, number = RunFolder(Path("runs") / stem), 2
    while True:
        try:
            return place, _state(place, resolved, known)
        except RunFolderError:  # another run of this script
            place, number = RunFolder(Path("runs") / f"{stem}-{number}"), number + 1


def _state(place: RunFolder, resolved: ResolvedRun, known: Registry) -> str:
    if not place.holds_run:
        return "new"
    from imbalearn_torch.experiments.run_states import RunState, state_of

    state = state_of(place.path, resolved.asked, known)
    if state is RunState.DIVERGED:
        refuse_failed(place)
    return state.value


def refuse_failed(place: RunFolder) -> None:
    """See that a run has not failed for its own reasons before.

    Raises:
        ImbalearnError: It has; with the exit code it had.
    """
    failed = failure_of(place.path)
    if failed is None:
        return
    error = ImbalearnError(
        f"{failed.reason}; it would again: begin another run, or delete {place.path / FAILURE} to try once more"
    )
    error.exit_code = failed.exit_code
    raise error


@contextlib.contextmanager
def recorded_end(place: RunFolder, runtime: Runtime) -> Iterator[None]:
    """Note in the folder of a run that torchrun would start again why it would be in vain."""
    try:
        yield
    except ImbalearnError as error:
        mine = runtime.launch and not error.is_said and not isinstance(error, _PASSING)
        if mine and place.holds_run:
            note_failure(place, error)
        raise
