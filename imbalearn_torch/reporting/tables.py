"""The table at the end of a run, and the tables that a run leaves as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import printable
from imbalearn_torch.reporting.words import (
    FIGURES,
    class_name,
    duration,
    group_rows,
    metric_columns,
    percent,
    worst_class,
)

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["summary_table", "write_confusion_csv", "write_per_class_csv"]

_COLUMNS = (
    "train_count",
    "test_count",
    "precision",
    "recall",
    "f1",
    "recall_low",
    "recall_high",
    "average_precision",
)


def summary_table(result: Mapping[str, Any], *, folder: str | Path | None = None) -> Table:
    """What a person wants to know when a run has ended.

    Args:
        result: What stands in result.json.
        folder: The run folder; without it the row is left out.
    """
    from rich.table import Table
    from rich.text import Text

    columns = metric_columns(result)
    # Text, not str: a class may be called [bold].
    table = Table("", *columns, title=Text(printable(str(result.get("name") or "run"))), title_justify="left")
    for key, label, words in FIGURES[:3]:
        table.add_row(label, *(words(metrics.get(key)) for metrics in columns.values()))
    classes = (result.get("data") or {}).get("classes") or ()
    worst = [worst_class(metrics, classes) for metrics in columns.values()]
    named = [f"{printable(found[0])}, {percent(found[1])}" if found else percent(None) for found in worst]
    table.add_row("worst class", *map(Text, named))
    for label, recalls in group_rows(columns):
        table.add_row(label, *recalls)
    timing = result.get("timing") or {}
    if timing.get("total_seconds") is not None:
        table.add_row("time", duration(timing["total_seconds"]))
    if folder is not None:
        table.add_row("folder", Text(str(folder), overflow="fold"))
    return table


def write_per_class_csv(path: str | Path, metrics: Mapping[str, Any], classes: Sequence[str]) -> None:
    """A row for each class; a figure without value is an empty cell.

    Args:
        path: The file to write.
        metrics: What `metrics.score` returned.
        classes: Names, `[K]`.
    """
    rows = [
        (row["class"], class_name(classes, row["class"]), *(row[column] for column in _COLUMNS))
        for row in metrics["per_class"]
    ]
    _write(path, [("class", "name", *_COLUMNS), *rows])


def write_confusion_csv(path: str | Path, confusion: Iterable[Iterable[int]], classes: Sequence[str]) -> None:
    """The confusion matrix, a row for each true class and a column for each predicted one.

    Args:
        path: The file to write.
        confusion: Integers `[K, K]`, a tensor, an array or lists.
        classes: Names, `[K]`.
    """
    rows = [(name, *(int(count) for count in row)) for name, row in zip(classes, confusion, strict=True)]
    _write(path, [("true class", *classes), *rows])


def _write(path: str | Path, rows: Iterable[Sequence[Any]]) -> None:
    # A folder's name need not be valid text; what UTF-8 cannot say is written as an escape.
    with Path(path).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
