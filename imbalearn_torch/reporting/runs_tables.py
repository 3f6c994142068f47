"""The tables of a page for several runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.metrics.seeds import mean_interval
from imbalearn_torch.reporting.cells import Cell, Column, PageTable, named, number
from imbalearn_torch.reporting.comparison import CAPTION, headings, leaderboard_cells
from imbalearn_torch.reporting.labels import by_frequency
from imbalearn_torch.reporting.means import mean, mean_counts
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.words import MISSING, decimal, duration, interval, percent

__all__ = [
    "RESULTS_CAPTION",
    "compared_class_table",
    "compared_count_table",
    "leaderboard",
    "result_table",
    "run_table",
]

RESULTS_CAPTION = "Of the test images, means over the runs of a method."
_FIGURES = (
    ("accuracy", "accuracy", percent),
    ("balanced_accuracy", "balanced accuracy", percent),
    ("macro_f1", "macro-F1", decimal),
    ("worst_class_recall", "worst class", percent),
    ("ece", "ECE", decimal),
)
_GROUPS = ("many", "medium", "few")
_AFTER = 2  # figures: macro-F1 and its difference over seeds
_OVER_IMAGES = "Other test images: the same difference, with the interval that test images drawn anew give."

Methods = Mapping[str, Sequence[RunRecord]]


def leaderboard(record: Mapping[str, Any]) -> tuple[PageTable, str]:
    """The rows of a comparison with intervals and differences, and what to say below.

    Args:
        record: What leaderboard.json holds.
    """
    first, *others = [each.replace("-\n", "").replace("\n", " ") for each in headings(record)]
    rows = []
    for row, cells in zip(record["rows"], leaderboard_cells(record), strict=True):
        *figures, taken = cells[1:]
        seconds = row["metrics"]["train_seconds"]["mean"]
        figures.insert(_AFTER, _over_images(row))
        rows.append([Cell(cells[0]), *(Cell(each, _leading_number(each)) for each in figures), Cell(taken, seconds)])
    corrected = f", corrected ({record['correction']})" if record["correction"] != "none" else ""
    others.insert(_AFTER, "difference, other test images")
    columns = [Column(first, is_number=False), *map(Column, others)]
    return PageTable("Leaderboard", columns, rows), f"{CAPTION}{corrected}. {_OVER_IMAGES}"


def _over_images(row: Mapping[str, Any]) -> str:
    found = (row.get("bootstrap") or {}).get("macro_f1")
    if found is None:
        return MISSING
    mean, low, high = (100 * found[name] for name in ("mean", "low", "high"))
    return f"{mean:+.1f}\n{low:+.1f} to {high:+.1f}"


def result_table(methods: Methods) -> PageTable:
    """Means of the figures of each method."""
    groups = [group for group in _GROUPS if any(_group(run, group) is not None for run in _all(methods))]
    columns = [label for _, label, _ in _FIGURES] + groups + ["training time"]
    rows = []
    for name, runs in methods.items():
        tests = [run.result["metrics"]["test"] for run in runs]
        figures = [number(mean([test.get(key) for test in tests]), shown) for key, _, shown in _FIGURES]
        recalls = [number(mean([_group(run, group) for run in runs]), percent) for group in groups]
        seconds = mean([run.result["timing"].get("train_seconds") for run in runs])
        rows.append([named(name), number(len(runs)), *figures, *recalls, number(seconds, duration)])
    return PageTable("Results", [Column("method", is_number=False), Column("runs"), *map(Column, columns)], rows)


def compared_count_table(methods: Methods) -> PageTable:
    """Training images of each class as they came, how often each method drew them, and how many different ones."""
    first = next(iter(methods.values()))[0]
    columns = {"training": first.train_counts}
    for name, runs in methods.items():
        columns[f"drawn: {name}"] = mean_counts(runs, "drawn_counts")
        if all(run.result["data"].get("distinct_counts") for run in runs):
            columns[f"different ones drawn: {name}"] = mean_counts(runs, "distinct_counts")
    rows = [
        [named(first.classes[label]), *(number(counts[label]) for counts in columns.values())]
        for label in by_frequency(first.train_counts)
    ]
    return PageTable("Images of each class", _columns(list(columns)), rows, is_long=True)


def compared_class_table(methods: Methods) -> PageTable:
    """Recall of each class under each method, the most frequent class first."""
    first = next(iter(methods.values()))[0]
    test = first.result["metrics"]["test"]["per_class"]
    rows = [
        [
            named(first.classes[label]),
            number(test[label]["train_count"]),
            number(test[label]["test_count"]),
            *(_recall(runs, label) for runs in methods.values()),
        ]
        for label in by_frequency(first.train_counts)
    ]
    return PageTable("Recall of each class", _columns(["training", "test", *methods]), rows, is_long=True)


def run_table(methods: Methods) -> PageTable:
    """Every run by itself."""
    columns = [Column("run", is_number=False), Column("method", is_number=False), Column("seed")]
    columns += [Column("accuracy"), Column("macro-F1"), Column("time")]
    rows = []
    for name, runs in methods.items():
        for run in runs:
            test, timing = run.result["metrics"]["test"], run.result["timing"]
            figures = [number(test["accuracy"], percent), number(test["macro_f1"], decimal)]
            seed = number(run.result["config"]["seed"])
            rows.append([named(run.result.get("name") or "run"), named(name), seed, *figures])
            rows[-1].append(number(timing.get("total_seconds"), duration))
    return PageTable("Runs", columns, rows, is_long=True)


def _recall(runs: Sequence[RunRecord], label: int) -> Cell:
    rows = [run.result["metrics"]["test"]["per_class"][label] for run in runs]
    recall, low, high = mean_interval([row["recall"] for row in rows])
    if len(runs) == 1:
        low, high = rows[0]["recall_low"], rows[0]["recall_high"]
    if recall is None or low is None or high is None:
        return number(recall, percent)
    return Cell(f"{percent(recall)}\n{interval(max(0.0, low), min(1.0, high))}", recall)


def _columns(headings: Sequence[str]) -> list[Column]:
    """Class, training images, in whose order the rows come, and the others."""
    first, *others = headings
    return [Column("class", is_number=False), Column(first, order="descending"), *map(Column, others)]


def _group(run: RunRecord, group: str) -> float | None:
    return run.result["metrics"]["test"]["groups"][group]["recall"]


def _all(methods: Methods) -> list[RunRecord]:
    return [run for runs in methods.values() for run in runs]


def _leading_number(text: str) -> float | None:
    """What a cell of the leaderboard begins with: its figure, before the interval."""
    found = re.match(r"<?([+-]?\d*\.?\d+)", text)
    return float(found[1]) if found else None
