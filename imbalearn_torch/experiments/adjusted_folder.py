"""Where adjusted predictors of a run are kept: `adjusted/NAME` in its folder, beside files that stay as they are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import CheckpointError, ImbalearnError, OptionError
from imbalearn_torch.experiments.folder import RunFolder, storage_errors
from imbalearn_torch.plugin.registry import Registry

if TYPE_CHECKING:
    from imbalearn_torch.adjustment.adjust import Adjusted
    from imbalearn_torch.experiments.finished_run import FinishedRun

__all__ = ["folder_name", "load_adjusted", "save_adjusted"]

_TENSORS, _RECORD, _MODEL = "adjuster.safetensors", "adjusted.json", "model.safetensors"
_LONGEST = 80


def folder_name(name: str) -> str:
    """The name of a row as that of a folder: `tau-norm:tau=0.5` becomes `tau-norm_tau=0.5`."""
    plain = name.replace(" + ", "+").replace(":", "_").replace("/", ".")
    safe = re.sub(r"[^A-Za-z0-9._=+,-]", "-", plain)
    if safe == plain and len(safe) <= _LONGEST:
        return safe
    return f"{safe[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def save_adjusted(run: FinishedRun, row: Mapping[str, Any], adjusted: Adjusted) -> Path:
    """Keep fitted adjusters, so that together with the run's model they predict again.

    Nothing of it depends on time or place: saved twice, the bytes are the same.

    Args:
        run: Whose predictor they adjust.
        row: Of the table.
        adjusted: What the adjusters have done.

    Returns:
        The folder.

    Raises:
        OptionError: An adjuster was made in Python, so that no file can name it.
        StorageError: The disk is full or fails.
    """
    from imbalearn_torch.adjustment.saved import record_of, state_of
    from imbalearn_torch.training.checkpoint import tensor_bytes

    objects = [each for each in row["config"] if each.startswith("object ")]
    if objects:
        raise OptionError(f"{' and '.join(objects)} cannot be saved: name a component, of a plugin file for instance")
    content = tensor_bytes(state_of(adjusted.adjusters))
    digests = {_TENSORS: hashlib.sha256(content).hexdigest(), _MODEL: run.digests.get(_MODEL)}
    record = {
        "name": row["name"],
        **record_of(adjusted, row["config"], run.train_counts),
        "metrics": row["metrics"],
        "warnings": row["warnings"],
        "sha256": digests,
    }
    place = RunFolder(run.place.path / "adjusted" / folder_name(row["name"]))
    with storage_errors(place.path):
        place.path.mkdir(parents=True, exist_ok=True)
    place.write_bytes(_TENSORS, content)
    place.write_json(_RECORD, record)
    return place.path


def load_adjusted(folder: str | Path, known: Registry) -> tuple[Any, ...]:
    """The fitted adjusters that `save_adjusted` kept, from left to right.

    Args:
        folder: `RUN/adjusted/NAME`.
        known: Where they are looked up.

    Raises:
        CheckpointError: A file is missing, damaged, or of another model than the run's.
        UnknownComponentError: An adjuster is no longer installed.
    """
    from safetensors.torch import load

    from imbalearn_torch.adjustment.saved import restored
    from imbalearn_torch.training.checkpoint import file_digest

    place = Path(folder)
    try:
        record = json.loads((place / _RECORD).read_text(encoding="utf-8"))
        content, digests = (place / _TENSORS).read_bytes(), record["sha256"]
        model = file_digest(place.resolve().parents[1] / _MODEL)
        expected = digests.get(_TENSORS), digests.get(_MODEL)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"the adjusted predictor in {folder} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != expected[0]:
        raise CheckpointError(f"the adjusted predictor in {folder} is damaged: {_TENSORS} is not what was saved")
    if model != expected[1]:
        raise CheckpointError(f"the adjusted predictor in {folder} belongs to another model than the run's")
    try:
        return restored(record, load(content), known)
    except ImbalearnError:
        raise
    except Exception as error:  # of safetensors, or a record of another form
        raise CheckpointError(f"the adjusted predictor in {folder} cannot be read: {error!r}") from error
