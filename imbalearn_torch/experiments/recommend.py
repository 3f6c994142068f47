"""A recipe for a distribution of classes, and why: what was measured on the nearest one. Imports no torch.

`measured.json` stands beside the recipes; `python -m benchmarks.studies --table` writes it from the committed results.
"""

from __future__ import annotations

import json
import math
import shlex
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imbalearn_torch.metrics.imbalance import imbalance_figures

__all__ = ["MEASURED", "recommend"]

MEASURED = Path(__file__).parent / "measured.json"
_EVEN = 1.5  # below this ratio there is nothing to correct


def recommend(counts: Sequence[int], given: Mapping[str, str], plugin_files: Sequence[str] = ()) -> dict[str, Any]:
    """The recipe that was best where it was measured, on the imbalance most like this one.

    Args:
        counts: Training images of each class, `[K]`.
        given: Fields of `RunConfig` that say which data, for the command.
        plugin_files: Which it needs as well.

    Returns:
        `recipe`, `command` and `reasons`, sentences.
    """
    figures = imbalance_figures(counts)
    ratio, few = figures["ratio"], len(figures["groups"]["few"])
    words = ["imbalearn", "run"]
    for name, value in given.items():
        words += [f"--{name.replace('_', '-')}", value]
    for file in plugin_files:
        words += ["--plugin", file]
    if ratio is None or ratio < _EVEN:
        shown = "one class" if ratio is None else f"{ratio:.2f} times as many images as the rarest"
        reason = f"the most frequent class has {shown}: there is next to nothing to correct"
        return {"recipe": "erm", "command": shlex.join(words), "reasons": [reason]}
    tasks = json.loads(MEASURED.read_text(encoding="utf-8"))["tasks"]
    nearest = min(abs(math.log(ratio / task["ratio"])) for task in tasks)
    like = [task for task in tasks if math.isclose(abs(math.log(ratio / task["ratio"])), nearest)]
    found = [(_gain(task, row), task, row) for task in like for row in task["rows"]]
    gain, task, row = max(found, key=lambda each: each[0])
    reasons = [_result(task, row, gain), *_cautions(ratio, few, figures["images"], task)]
    return {"recipe": row["recipe"], "command": shlex.join([*words, *row["options"]]), "reasons": reasons}


def _gain(task: dict[str, Any], row: dict[str, Any]) -> float:
    return statistics.mean(row["macro_f1"]) - statistics.mean(task["rows"][0]["macro_f1"])


def _result(task: dict[str, Any], row: dict[str, Any], gain: float) -> str:
    first, best = (statistics.mean(each["macro_f1"]) for each in (task["rows"][0], row))
    seeds = len(row["macro_f1"])
    if row is task["rows"][0]:
        return f"on {task['title']} ({task['setting']}, {seeds} seeds) nothing measured was better than plain training"
    differences = [ours - theirs for ours, theirs in zip(row["macro_f1"], task["rows"][0]["macro_f1"], strict=True)]
    steady = "with every seed" if min(differences) > 0 else "but not with every seed"
    return (
        f"best of {len(task['rows'])} on {task['title']} ({task['setting']}, {seeds} seeds): macro-F1 {best:.4f} "
        f"against {first:.4f} of {task['rows'][0]['recipe']}, {100 * gain:+.1f} points, {steady} [{task['source']}]"
    )


def _cautions(ratio: float, few: int, images: int, task: dict[str, Any]) -> list[str]:
    sentences = []
    if abs(math.log(ratio / task["ratio"])) > math.log(2):
        sentences.append(f"that was measured at ratio {task['ratio']:g}; these data have {ratio:.3g}: compare a few")
    if few:
        sentences.append(f"classes with fewer than 20 training images: {few}; their figures are mostly chance")
    if images < task["images"] / 5:
        sentences.append(f"that was measured on {task['images']:,} images; here are {images:,}, so compare over seeds")
    return sentences
