"""The tables of the studies, from the committed JSON and from nothing else."""

from __future__ import annotations

import json
import statistics
from typing import Any

from benchmarks.harness import RESULTS, ROOT

__all__ = ["DOCS", "FOLDER", "STUDIES", "committed", "table", "updated"]

FOLDER = RESULTS / "studies"
DOCS = ROOT / "docs" / "studies.md"
STUDIES = ("a", "b", "c", "c-own", "lt")
NOTHING = "–"
_NAMES = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy %",
    "worst_class_recall": "worst class %",
    "last_macro_f1": "macro-F1 of the last epoch",
    "top5": "top-5 %",
}
_SHARES = {"accuracy", "worst_class_recall", "top5"}  # in per cent; F1 in points of 0..1, as the studies print it


def committed(key: str) -> dict[str, Any]:
    """The record of one study."""
    return json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))


def table(record: dict[str, Any]) -> str:
    """One study as Markdown."""
    metrics = list(record["rows"][0]["figures"])
    main = metrics[0] if record.get("published_metric") != "top-1 %" else "accuracy"
    head = ["method", *(_NAMES[name] for name in metrics), f"{_NAMES[main]}: difference to the first", "p (Holm)"]
    head += ["published", "seeds", "minutes a run"] if "published_metric" in record else ["published accuracy %"]
    lines = [f"| {' | '.join(head)} |", f"|{len(head) * '---|'}"]
    for row in record["rows"]:
        none = (
            "diverged"
            if any(name.startswith(f"{record.get('key')}-{row['method']}-") for name in record.get("failed", ()))
            else "not run"
        )
        cells = [row["method"], *(_with_interval(row["figures"][name], name, none=none) for name in metrics)]
        cells += _difference(row["difference"], main)
        cells += _of_a_run(row) if "published_metric" in record else [_of_transfer(record, row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, *_below(record)])


def _with_interval(summary: dict[str, Any], name: str, sign: str = "", none: str = NOTHING) -> str:
    if summary["mean"] is None:
        return none
    factor, places = (100, 1) if name in _SHARES else (1, 4)
    shown = f"{factor * summary['mean']:{sign}.{places}f}"
    if summary["low"] is None:
        return shown
    return f"{shown} ({factor * summary['low']:{sign}.{places}f} to {factor * summary['high']:{sign}.{places}f})"


def _difference(differences: dict[str, Any] | None, main: str) -> list[str]:
    if differences is None:
        return [NOTHING, NOTHING]
    found = differences[main]
    p = found["p_holm"]
    return [_with_interval(found, main, "+"), NOTHING if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"]


def _of_a_run(row: dict[str, Any]) -> list[str]:
    published, seconds = row["published"], row["total_seconds"]
    return [
        " to ".join(map(str, published["values"])) if published else NOTHING,
        ", ".join(map(str, row["seeds"])) or NOTHING,
        f"{statistics.median(seconds) / 60:.1f}" if seconds else NOTHING,
    ]


def _of_transfer(record: dict[str, Any], row: dict[str, Any]) -> str:
    value = record["published"].get(row["method"])
    return NOTHING if value is None else f"{100 * value:.2f}"


def _below(record: dict[str, Any]) -> list[str]:
    lines = [
        "",
        f"`{record['command']}`; {record['epochs']} epochs; mean and 95 % t-interval over seeds, paired t-test "
        "corrected by Holm's procedure for the rows of the table.",
    ]
    if record.get("not_run"):
        lines += ["", f"Not run: {', '.join(record['not_run'])}."]
    if record.get("failed"):
        lines += ["", f"Diverged: {', '.join(record['failed'])}."]
    return lines


def updated(text: str) -> str:
    """A page with every table written anew between `<!-- study KEY -->` and `<!-- end -->`.

    Raises:
        ValueError: It has no place for a study.
    """
    for key in STUDIES:
        begin, end = f"<!-- study {key} -->", "<!-- end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"Expected the page to hold the lines {begin} and {end}")
        text = f"{before}{begin}\n\n{table(committed(key))}\n\n{end}{after}"
    return text
