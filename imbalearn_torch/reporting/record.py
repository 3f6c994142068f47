"""What the page of a run is made of: no file, no torch, only figures and arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from imbalearn_torch.metrics.calibration import Reliability

__all__ = ["BEFORE", "FINAL", "Mistakes", "RunRecord"]

FINAL, BEFORE = "test", "test, before adjustment"  # of whom a figure speaks


class Mistakes(NamedTuple):
    """Test images that were taken for another class, in the order in which they are shown.

    Args:
        rows: Their places in the test part, int64 `[M]`.
        targets: int64 `[M]`.
        predictions: int64 `[M]`.
        confidence: Of the predicted class, float32 `[M]`.
        images: uint8 `[M, C, H, W]`.
    """

    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    predictions: NDArray[np.int64]
    confidence: NDArray[np.float32]
    images: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class RunRecord:
    """A finished run, as far as its page speaks of it.

    Args:
        result: What result.json holds.
        history: The rows of metrics.jsonl.
        confusion: Of the test part, int64 `[K, K]`, rows true.
        calibration: Reliability of the final predictor (`FINAL`) and of the one before adjustment (`BEFORE`), as far
            as it is known.
        mistakes: None where there is none, or no pictures.
    """

    result: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    confusion: NDArray[np.int64]
    calibration: Mapping[str, Reliability]
    mistakes: Mistakes | None = None

    @property
    def classes(self) -> list[str]:
        """Names, `[K]`."""
        return list(self.result["data"]["classes"])

    @property
    def train_counts(self) -> list[int]:
        """Training images of each class as the data came: what decides which class is frequent, `[K]`."""
        data = self.result["data"]
        return list(data.get("original_train_counts") or data["train_counts"])

    @property
    def recalls(self) -> dict[str, list[float | None]]:
        """By predictor, recall of each class, `[K]`; two predictors where adjusters have moved any of them."""
        metrics = self.result["metrics"]
        found = {FINAL: _recalls(metrics["test"])}
        before = _recalls(metrics.get("test_unadjusted") or {})
        return found if before in ([], found[FINAL]) else {**found, BEFORE: before}


def _recalls(metrics: Mapping[str, Any]) -> list[float | None]:
    return [row["recall"] for row in metrics.get("per_class") or ()]
