"""The leaderboard of a comparison: as a table for the terminal, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import printable
from imbalearn_torch.reporting.words import MISSING, duration

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["CAPTION", "headings", "leaderboard_cells", "leaderboard_table", "write_leaderboard_csv"]

CAPTION = (
    "Per cent, means over seeds. Intervals: 95 %, of the mean over seeds (t), and of the paired difference to the "
    "first method. p: paired t-test over seeds"
)
# figure of a row -> heading; those without images are left out
_SHARES = {
    "accuracy": "accu-\nracy",
    "recall_many": "many",
    "recall_medium": "medium",
    "recall_few": "few",
    "worst_class_recall": "worst\nclass",
}


def headings(record: Mapping[str, Any]) -> list[str]:
    """Of the columns of `leaderboard_cells`."""
    return ["method", "macro-F1", "difference", "p", *(_SHARES[name] for name in _shown(record)), "training\ntime"]


def leaderboard_cells(record: Mapping[str, Any]) -> list[list[str]]:
    """The table as text, a row a method; a line break stands between a figure and its interval.

    Args:
        record: What leaderboard.json holds.
    """
    rows = []
    for row in record["rows"]:
        metrics, difference = row["metrics"], (row["difference"] or {}).get("macro_f1")
        cells = [printable(row["name"]) + _failed(row), _with_interval(metrics["macro_f1"], sign="")]
        cells += [_with_interval(difference, sign="+"), _p_value(difference)]
        cells += [_hundredfold(metrics[name]["mean"]) for name in _shown(record)]
        rows.append([*cells, duration(metrics["train_seconds"]["mean"])])
    return rows


def leaderboard_table(record: Mapping[str, Any]) -> Table:
    """The table for a terminal of 100 columns.

    Args:
        record: What leaderboard.json holds.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    corrected = f", corrected ({record['correction']})" if record["correction"] != "none" else ""
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0), caption=f"{CAPTION}{corrected}.")
    table.caption_justify = "left"
    first, *others = headings(record)
    table.add_column(first, min_width=16)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, *cells in leaderboard_cells(record):
        table.add_row(Text(name, overflow="fold"), *cells)
    return table


def write_leaderboard_csv(path: Path, record: Mapping[str, Any]) -> None:
    """A row for each method, every figure with its interval and its difference; without value an empty cell.

    Args:
        path: The file to write.
        record: What leaderboard.json holds.
    """
    rows = record["rows"]
    names = list(rows[0]["metrics"])
    parts = ("difference", "difference_low", "difference_high", "p", "p_uncorrected")
    heading = [f"{name}{part}" for name in names for part in ("", "_low", "_high", *(f"_{part}" for part in parts))]
    table = [["name", "seeds", "failed", *heading]]
    for row in rows:
        cells = [row["name"], " ".join(map(str, row["seeds"])), str(len(row["failed"]))]
        for name in names:
            mean, difference = row["metrics"][name], (row["difference"] or {}).get(name, {})
            cells += [mean["mean"], mean["low"], mean["high"]]
            cells += [difference.get(key) for key in ("mean", "low", "high", "p", "p_uncorrected")]
        table.append(cells)
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


def _shown(record: Mapping[str, Any]) -> list[str]:
    """Columns that have a value in some row."""
    return [name for name in _SHARES if any(row["metrics"][name]["mean"] is not None for row in record["rows"])]


def _failed(row: Mapping[str, Any]) -> str:
    return f"\n{len(row['failed'])} of {len(row['seeds'])} runs failed" if row["failed"] else ""


def _with_interval(figure: Mapping[str, Any] | None, sign: str) -> str:
    if figure is None or figure["mean"] is None:
        return MISSING
    mean = _hundredfold(figure["mean"], sign)
    if figure["low"] is None:
        return mean
    # The t-interval of few seeds reaches beyond what a share, or the difference of two, can be.
    low, high = max(-1 if sign else 0, figure["low"]), min(1, figure["high"])
    return f"{mean}\n{_hundredfold(low, sign)} to {_hundredfold(high, sign)}"


def _hundredfold(share: float | None, sign: str = "") -> str:
    return MISSING if share is None else f"{100 * share:{sign}.1f}"


def _p_value(figure: Mapping[str, Any] | None) -> str:
    p = None if figure is None else figure["p"]
    return MISSING if p is None else "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
