"""From runs to the rows of a comparison: means over seeds, paired differences to the first method, their p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imbalearn_torch.experiments.compared_runs import figures_of, same_test, test_labels
from imbalearn_torch.experiments.methods import Method
from imbalearn_torch.metrics.seeds import corrected, mean_interval, paired_difference

__all__ = ["MethodRuns", "leaderboard_rows"]

RESAMPLES = 2000


@dataclass(frozen=True)
class MethodRuns:
    """What has become of the runs of one method.

    Args:
        method: Which.
        folders: One a seed.
        results: What result.json holds, None for a run that failed.
        reasons: By folder, why a run failed.
    """

    method: Method
    folders: tuple[Path, ...]
    results: tuple[dict[str, Any] | None, ...]
    reasons: Mapping[Path, str]

    @property
    def figures(self) -> dict[str, list[float | None]]:
        """By name, one value a seed."""
        several = [figures_of(result) for result in self.results]
        return {name: [each[name] for each in several] for name in several[0]}

    @property
    def seeds(self) -> list[int]:
        return [run.replicate.seed for run in self.method.runs]

    @property
    def config(self) -> dict[str, Any]:
        """What was done, everything filled in; without the seeds."""
        known = next((result["config"] for result in self.results if result is not None), None)
        values = known or self.method.resolved.config.saved()
        return {name: value for name, value in values.items() if name not in {"seed", "subset_seed"}}


def leaderboard_rows(several: Sequence[MethodRuns], correction: str) -> list[dict[str, Any]]:
    """One row a method, in the order given; the first is the reference.

    Args:
        several: The methods.
        correction: For many p-values, one of `metrics.seeds.CORRECTIONS`.
    """
    reference = several[0]
    rows = [_row(each) for each in several]
    for row, runs in zip(rows[1:], several[1:], strict=True):
        if _are_pairs(runs, reference):
            row["difference"] = _differences(runs, reference)
            row["bootstrap"] = _bootstrap(runs, reference)
    compared = [row["difference"] for row in rows if row["difference"] is not None]
    for name in reference.figures if compared else ():
        p_values = corrected([each[name]["p_uncorrected"] for each in compared], correction)
        for each, p in zip(compared, p_values, strict=True):
            each[name]["p"] = p
    return rows


def _row(runs: MethodRuns) -> dict[str, Any]:
    metrics = {name: {**mean_interval(values)._asdict(), "values": values} for name, values in runs.figures.items()}
    failed = [
        {"seed": seed, "folder": str(folder), "reason": runs.reasons[folder]}
        for seed, folder in zip(runs.seeds, runs.folders, strict=True)
        if folder in runs.reasons
    ]
    return {
        "name": runs.method.name,
        "config": runs.config,
        "seeds": runs.seeds,
        "subset_seeds": [run.replicate.subset_seed for run in runs.method.runs],
        "metrics": metrics,
        "difference": None,
        "bootstrap": None,
        "failed": failed,
        "folders": [str(folder) for folder in runs.folders],
    }


def _are_pairs(runs: MethodRuns, reference: MethodRuns) -> bool:
    """Whether the methods are tested on the same data, so that seeds are pairs."""
    if runs.config["data"] != reference.config["data"]:
        return False
    both = zip(runs.results, reference.results, strict=True)
    return all(same_test(mine, other) for mine, other in both if mine is not None and other is not None)


def _differences(runs: MethodRuns, reference: MethodRuns) -> dict[str, Any]:
    theirs = reference.figures
    differences = {}
    for name, values in runs.figures.items():
        mean, low, high, p = paired_difference(values, theirs[name])
        differences[name] = {"mean": mean, "low": low, "high": high, "p": None, "p_uncorrected": p}
    return differences


def _bootstrap(runs: MethodRuns, reference: MethodRuns) -> dict[str, Any] | None:
    """The interval of the difference in macro-F1 that other test images would give; None without common ones."""
    pairs = [
        (test_labels(ours, mine), test_labels(theirs, other))
        for ours, mine, theirs, other in zip(
            runs.folders, runs.results, reference.folders, reference.results, strict=True
        )
        if mine is not None and other is not None
    ]
    known = [(mine, other) for mine, other in pairs if mine is not None and other is not None]
    if not known or len(known) < len(pairs):
        return None
    targets = known[0][0].targets
    import numpy as np

    from imbalearn_torch.metrics.bootstrap import bootstrap_macro_f1

    if not all(np.array_equal(targets, each.targets) for pair in known for each in pair):
        return None
    found = bootstrap_macro_f1(
        targets,
        [mine.predictions for mine, _ in known],
        [other.predictions for _, other in known],
        num_classes=known[0][0].num_classes,
        resamples=RESAMPLES,
    )
    return None if found is None else {"macro_f1": {**found._asdict(), "resamples": RESAMPLES}}
