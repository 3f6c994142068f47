"""failure.json: where a run met a loss or gradient that is not finite, and with what."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import NonFiniteError, StorageError
from imbalearn_torch.experiments.folder import RunFolder

if TYPE_CHECKING:
    from imbalearn_torch.experiments.session import Session

__all__ = ["FAILURE", "earlier_failure", "recorded_failure"]

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
        raise NonFiniteError(
            f"{error}; batch, learning rate and components are in {folder.path / FAILURE}", error.record
        ) from error


def _record(session: Session, error: NonFiniteError) -> dict[str, Any]:
    saved, record = session.config.saved(), error.record
    rate, batch = record.get("learning_rate"), record.get("batch_indices")
    chosen = session.data.selection.train.indices
    # A sampler that makes new images has numbered them anew.
    known = batch is not None and len(chosen) == len(session.data.targets)
    return {
        "kind": record.get("kind", "results"),
        "message": str(error),
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
    """What to say of a run that has failed before; None: it has not."""
    try:
        message = json.loads((folder.path / FAILURE).read_text(encoding="utf-8"))["message"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{FAILURE} cannot be read"
    return (
        f"this run has failed before ({message}); it goes on from its last checkpoint and will fail in the same step "
        "again, unless machine or versions have changed: begin a new run with other options"
    )
