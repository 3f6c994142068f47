"""How far the 9,500-image study goes when time is no concern: the recipe `quality-step10`, three seeds.

The recipe was chosen on training images that the subset leaves out; nothing is held out here, and the test set is read
once. Runs have one processor thread, so that two go side by side: half of `minutes` is what a run takes on two cores.
"""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.harness import WORK, finished_run, marked, shared

_TARGET, _MINUTES = 0.85, 30.0


def measure(quick: bool) -> dict[str, Any]:
    """Macro-F1 and minutes of each seed; the marks are of the median and of the mean."""
    folder = WORK / ("quality-quick" if quick else "quality-step10")
    length = ("--epochs", "1") if quick else ()
    data = f"parquet:path={shared() / 'data' / 'cifar10'}"
    words = ("--recipe", "quality-step10", "--data", data, "--threads", "1", *length)
    results = [finished_run(folder / str(seed), *words, "--seed", str(seed)) for seed in range(1 if quick else 3)]
    scores = [result["metrics"]["test"]["macro_f1"] for result in results]
    minutes = [result["timing"]["train_seconds"] / 60 for result in results]
    return {
        "macro_f1": marked(statistics.median(scores), "macro-F1", at_least=_TARGET),
        "minutes_on_two_cores": marked(statistics.mean(minutes) / 2, "min", at_most=_MINUTES),
        "scores": scores,
        "minutes": minutes,
    }
