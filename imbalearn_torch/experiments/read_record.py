"""Read from a run folder what its page shows. Imports no torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments.run import read_result
from imbalearn_torch.experiments.stored_result import as_written, stored_arrays
from imbalearn_torch.reporting.record import BEFORE, FINAL, Mistakes, RunRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["READ", "read_record"]

READ = ("result.json", "metrics.jsonl", "predictions.npz", "mistakes.npz")


def read_record(folder: Path) -> RunRecord:
    """What the page of a finished run shows.

    Args:
        folder: The run folder; mistakes.npz is not there where there is nothing to show.

    Raises:
        CheckpointError: A file is missing or cannot be read.
    """
    from imbalearn_torch.metrics.confusion import count_pairs

    result = read_result(folder)
    classes = len(result["data"]["classes"])
    arrays = stored_arrays(folder / "predictions.npz")
    with as_written(folder):
        targets, logits = arrays["test_targets"], arrays["test_logits"]
        before = logits.argmax(axis=1)
        adjusted = arrays.get("test_predictions")
        final = before if adjusted is None else adjusted
        return RunRecord(
            result=result,
            history=_lines(folder / "metrics.jsonl"),
            confusion=count_pairs(targets, final, classes),
            calibration=_calibration(arrays, targets, before, final),
            mistakes=_mistakes(folder / "mistakes.npz"),
        )


def _calibration(
    arrays: dict[str, NDArray[Any]],
    targets: NDArray[np.int64],
    before: NDArray[np.int64],
    final: NDArray[np.int64],
) -> dict[str, Any]:
    """Reliability of the final predictor and, where it was adjusted, of the one before."""
    import numpy as np

    from imbalearn_torch.metrics.calibration import log_softmax, reliability

    if not len(targets):
        return {}
    sure = np.exp(log_softmax(arrays["test_logits"].astype(np.float64)).max(axis=1))
    unadjusted = reliability(sure, before == targets)
    if "test_predictions" not in arrays:
        return {FINAL: unadjusted}
    adjusted = arrays.get("test_confidence")
    known = {} if adjusted is None else {FINAL: reliability(adjusted.astype(np.float64), final == targets)}
    return {**known, BEFORE: unadjusted}


def _mistakes(file: Path) -> Mistakes | None:
    if not file.exists():
        return None
    arrays = stored_arrays(file)
    return Mistakes(*(arrays[name] for name in Mistakes._fields))


def _lines(file: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}") from error
