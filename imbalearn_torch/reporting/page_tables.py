"""The tables of the page of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.cells import Cell, Column, PageTable, named, number, words
from imbalearn_torch.reporting.confusions import main_confusions, top_confusions
from imbalearn_torch.reporting.labels import by_frequency, isolated, shorten
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.words import (
    FIGURES,
    MISSING,
    class_name,
    decimal,
    group_rows,
    interval,
    metric_columns,
    percent,
)

__all__ = ["class_table", "confusion_table", "count_table", "figure_table"]

_PARTS = {
    "original_train_counts": "as they came",
    "train_counts": "training",
    "val_counts": "validation",
    "test_counts": "test",
    "drawn_counts": "drawn",
    "distinct_counts": "different ones drawn",
}


def figure_table(result: Mapping[str, Any]) -> PageTable:
    """Every figure of the test part, before adjustment and of the validation part."""
    columns = metric_columns(result)
    rows = []
    for key, label, shown in FIGURES:
        values = [metrics.get(key) for metrics in columns.values()]
        if any(value is not None for value in values):
            rows.append([words(label), *(words(shown(value)) for value in values)])
    rows += [[words(label), *map(words, recalls)] for label, recalls in group_rows(columns)]
    return PageTable("Results", [Column("figure", is_number=False), *map(Column, columns)], rows)


def count_table(data: Mapping[str, Any]) -> PageTable:
    """Images of each class in each part that is there, and their sums; the most frequent class first.

    Where a sampler has made new samples, what was trained on stands beside the images as they came.
    """
    parts = {heading: data[key] for key, heading in _PARTS.items() if data.get(key)}
    came = data.get("original_train_counts") or data["train_counts"]
    if came == data["train_counts"]:
        parts.pop("as they came", None)
    order = by_frequency(came)
    rows = [
        [named(class_name(data["classes"], label)), *(number(counts[label]) for counts in parts.values())]
        for label in order
    ]
    totals = [words("all"), *(number(sum(counts)) for counts in parts.values())]
    return PageTable("Images of each class", _columns(list(parts)), rows, totals, is_long=True)


def class_table(record: RunRecord) -> PageTable:
    """Figures of each class, the most frequent in training first."""
    headings = ["training", "test", "recall", "95 % interval", "precision", "F1", "AP"]
    columns = [*_columns(headings), Column("mostly taken for", is_number=False)]
    test, main = record.result["metrics"]["test"]["per_class"], main_confusions(record.confusion)
    rows = []
    for label in by_frequency(record.train_counts):
        row, other = test[label], main[label]
        taken = MISSING if other is None else f"{_name(record, other.predicted)} ({percent(other.share)})"
        rows.append(
            [
                named(class_name(record.classes, label)),
                number(row["train_count"]),
                number(row["test_count"]),
                number(row["recall"], percent),
                Cell(interval(row["recall_low"], row["recall_high"]), row["recall_low"]),
                number(row["precision"], percent),
                number(row["f1"], decimal),
                number(row["average_precision"], decimal),
                Cell(taken, None if other is None else taken),
            ]
        )
    return PageTable("Figures of each class", columns, rows, is_long=True)


def confusion_table(record: RunRecord) -> PageTable:
    """The most frequent mistakes, where a matrix would be too large."""
    columns = [
        Column("true class", is_number=False),
        Column("predicted class", is_number=False),
        Column("images", order="descending"),
        Column("share of the true class"),
        Column("training images"),
    ]
    rows = [
        [
            named(class_name(record.classes, each.true)),
            named(class_name(record.classes, each.predicted)),
            number(each.images),
            number(each.share, percent),
            number(record.train_counts[each.true]),
        ]
        for each in top_confusions(record.confusion)
    ]
    return PageTable("Most frequent mistakes", columns, rows, is_long=True)


def _columns(headings: Sequence[str]) -> list[Column]:
    """Class, training images, in whose order the rows come, and the others."""
    first, *others = headings
    return [Column("class", is_number=False), Column(first, order="descending"), *map(Column, others)]


def _name(record: RunRecord, label: int) -> str:
    # Short, since the share behind it is not to be cut off.
    return isolated(shorten(class_name(record.classes, label), 30))
