"""The tables of a page for several runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.cells import Cell, Column, PageTable, named, number
from imbalearn_torch.reporting.comparison import CAPTION, headings, leaderboard_cells
from imbalearn_torch.reporting.labels import by_frequency
from imbalearn_torch.reporting.means import mean, mean_counts, mean_recalls
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.words import decimal, duration, interval, percent

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
        rows.append([Cell(cells[0]), *(Cell(each, _leading_number(each)) for each in figures), Cell(taken, seconds)])
    corrected = f", corrected ({record['correction']})" if record["correction"] != "none" else ""
    columns = [Column(first, is_number=False), *map(Column, others)]
    return PageTable("Leaderboard", columns, rows), f"{CAPTION}{corrected}."


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
    """Training images of each class, and how often each method drew them."""
    first = next(iter(methods.values()))[0]
    columns = {"training": first.result["data"]["train_counts"]}
    columns |= {f"drawn: {name}": mean_counts(runs, "drawn_counts") for name, runs in methods.items()}
    rows = [
        [named(first.classes[label]), *(number(counts[label]) for counts in columns.values())]
        for label in by_frequency(first.result["data"]["train_counts"])
    ]
    return PageTable("Images of each class", _columns(list(columns)), rows, is_long=True)


def compared_class_table(methods: Methods) -> PageTable:
    """Recall of each class under each method, the most frequent class first."""
    first = next(iter(methods.values()))[0]
    test = first.result["metrics"]["test"]["per_class"]
    recalls = {name: mean_recalls(runs) for name, runs in methods.items()}
    rows = [
        [
            named(first.classes[label]),
            number(test[label]["train_count"]),
            number(test[label]["test_count"]),
            *(_recall(runs, label, recalls[name][label]) for name, runs in methods.items()),
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


def _recall(runs: Sequence[RunRecord], label: int, recall: float | None) -> Cell:
    if len(runs) > 1 or recall is None:
        return number(recall, percent)
    row = runs[0].result["metrics"]["test"]["per_class"][label]
    return Cell(f"{percent(recall)}\n{interval(row['recall_low'], row['recall_high'])}", recall)


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
