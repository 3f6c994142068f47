"""failure.json: why a run is not to be tried again; with a figure that is not finite also where, and with what."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from imbalearn_torch.errors import ImbalearnError, NonFiniteError, StorageError
from imbalearn_torch.experiments.folder import RunFolder

if TYPE_CHECKING:
    from imbalearn_torch.experiments.session import Session

__all__ = ["FAILURE", "Failure", "earlier_failure", "failure_of", "note_failure", "recorded_failure"]

FAILURE = "failure.json"
_COMPONENTS = ("sampler", "mix", "loss", "weights", "backbone", "optimizer", "schedule", "augment", "precision")


@contextlib.contextmanager
def recorded_failure(session: Session, folder: RunFolder) -> Iterator[None]:
    """Write failure.json where the block meets a figure that is not finite."""
    try:
        yield
    except NonFiniteError as error:
        with contextlib.suppress(StorageError):  # the first failure is the one to report
            folder.write_json(FAILURE, _record(session, error))
        raise NonFiniteError(_with_place(str(error), folder.path), error.record) from error


def note_failure(folder: RunFolder, error: ImbalearnError) -> None:
    """Write failure.json for an error that another attempt would meet again."""
    if isinstance(error, NonFiniteError) and (folder.path / FAILURE).exists():
        return  # `recorded_failure` has said more
    with contextlib.suppress(StorageError):
        folder.write_json(FAILURE, {"kind": "error", "message": str(error), "exit_code": error.exit_code})


class Failure(NamedTuple):
    """What a run has failed of.

    Args:
        reason: In one sentence.
        exit_code: That of the run.
    """

    reason: str
    exit_code: int


def failure_of(folder: Path) -> Failure | None:
    """What failure.json of a run says, in the words of the error; None: there is none.

    Args:
        folder: Of the run.
    """
    try:
        record = json.loads((folder / FAILURE).read_text(encoding="utf-8"))
        message, code = str(record["message"]), int(record["exit_code"])
        return Failure(message if record["kind"] == "error" else _with_place(message, folder.absolute()), code)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Failure(f"it failed before, and {FAILURE} cannot be read", ImbalearnError.exit_code)


def _with_place(message: str, folder: Path) -> str:
    return f"{message}; batch, learning rate and components are in {folder / FAILURE}"


def _record(session: Session, error: NonFiniteError) -> dict[str, Any]:
    saved, record = session.config.saved(), error.record
    rate, batch = record.get("learning_rate"), record.get("batch_indices")
    chosen = session.data.selection.train.indices
    # A sampler that makes new images has numbered them anew.
    known = batch is not None and len(chosen) == len(session.data.targets)
    return {
        "kind": record.get("kind", "results"),
        "message": str(error),
        "exit_code": error.exit_code,
        "epoch": record.get("epoch"),
        "step": record.get("step"),
        "learning_rate": rate if rate is None or math.isfinite(rate) else None,
        "batch_indices": batch,
        "partner_indices": record.get("partner_indices"),
        "data_indices": chosen[batch].tolist() if known else None,
        "components": {name: saved.get(name) for name in _COMPONENTS},
        "seed": session.config.seed,
    }


def earlier_failure(folder: RunFolder) -> str | None:
    """What to say of a run that has failed before and is now gone on with; its failure.json is taken away."""
    failed = failure_of(folder.path)
    if failed is None:
        return None
    (folder.path / FAILURE).unlink(missing_ok=True)
    return (
        f"this run has failed before ({failed.reason}); it goes on from its last checkpoint and will fail again, "
        "unless machine or versions have changed: begin a new run with other options"
    )
