"""Means over the runs of one method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imbalearn_torch.metrics.calibration import Reliability
from imbalearn_torch.reporting.record import FINAL, RunRecord

__all__ = ["mean", "mean_counts", "mean_recalls", "pooled"]


def mean(values: Sequence[float | None]) -> float | None:
    """Of the values that there are; None where there is none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def mean_recalls(runs: Sequence[RunRecord]) -> list[float | None]:
    """Of each class, `[K]`."""
    return [mean(row) for row in zip(*(run.recalls[FINAL] for run in runs), strict=True)]


def mean_counts(runs: Sequence[RunRecord], key: str) -> list[int]:
    """Of one of the counts of result.json's `data`, to whole images, `[K]`."""
    counts = [run.result["data"][key] for run in runs]
    return [round(sum(row) / len(row)) for row in zip(*counts, strict=True)]


def pooled(several: Sequence[Reliability]) -> Reliability:
    """The bins of several runs as if they were one."""
    counts = sum(each.counts for each in several)
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN of an empty bin
        sums = [
            sum(np.nan_to_num(values) * each.counts for each, values in zip(several, column, strict=True)) / counts
            for column in zip(*((each.confidence, each.accuracy) for each in several), strict=True)
        ]
    return Reliability(np.asarray(counts), np.asarray(sums[0]), np.asarray(sums[1]))
