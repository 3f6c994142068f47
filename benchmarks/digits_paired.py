"""The README's command beside plain cross-entropy on digits, paired over ten seeds; epochs fixed beforehand."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.harness import WORK, finished_run

_METHODS = {
    "balanced-mixup": ("--sampler", "balanced", "--mix", "mixup", "--loss", "ce"),
    "plain": ("--sampler", "instance", "--mix", "none", "--loss", "ce"),
}


def measure(quick: bool) -> dict[str, Any]:
    """Macro-F1 of both methods for each seed, and the 95 % t-interval of their difference."""
    from scipy import stats

    seeds = range(2 if quick else 10)
    figures: dict[str, list[float]] = {}
    seconds: dict[str, list[float]] = {}
    for method, arguments in _METHODS.items():
        results = [
            finished_run(WORK / "digits" / f"{method}-{seed}", *arguments, "--seed", str(seed)) for seed in seeds
        ]
        figures[method] = [result["metrics"]["test"]["macro_f1"] for result in results]
        seconds[method] = [result["timing"]["total_seconds"] for result in results]
    differences = [first - second for first, second in zip(*figures.values(), strict=True)]
    interval = stats.ttest_1samp(differences, 0.0).confidence_interval(0.95)
    return {
        "macro_f1": figures,
        "mean": {method: statistics.mean(values) for method, values in figures.items()},
        "difference": {"mean": statistics.mean(differences), "low": interval.low, "high": interval.high},
        "median_seconds": {method: statistics.median(values) for method, values in seconds.items()},
        "bound_seconds": 60,
    }
