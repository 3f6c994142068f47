from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from imbalearn_torch.reporting.comparison import headings, leaderboard_cells, leaderboard_table, write_leaderboard_csv

NAMES = (
    "accuracy",
    "macro_f1",
    "recall_many",
    "recall_medium",
    "recall_few",
    "worst_class_recall",
    "train_seconds",
)


def figure(mean: float | None, half: float | None = 0.01, **more: Any) -> dict[str, Any]:
    known = mean is not None and half is not None
    return {"mean": mean, "low": mean - half if known else None, "high": mean + half if known else None, **more}


def row(name: str, **changes: Any) -> dict[str, Any]:
    metrics = {each: figure(0.5) for each in NAMES} | {"recall_medium": figure(None), "train_seconds": figure(75.0)}
    common = {"seeds": [0, 1, 2], "failed": [], "folders": [], "difference": None}
    return {"name": name, "metrics": metrics, **common, **changes}


@pytest.fixture
def record() -> dict[str, Any]:
    difference = {each: figure(0.0312, 0.04, p=0.0004, p_uncorrected=0.0002) for each in NAMES}
    failed = row("a [bold]method[/bold] <b>", failed=[{"seed": 1, "folder": "x", "reason": "it <diverged>"}])
    rows = [row("loss=ce"), row("loss=focal", difference=difference), failed]
    return {
        "rows": rows,
        "warnings": ["only <two> seeds"],
        "correction": "holm",
        "command": "imbalearn compare --out x",
    }


def test_cells(record: dict[str, Any]) -> None:
    # Nothing is medium-shot, so there is no such column.
    assert headings(record) == [
        "method", "macro-F1", "difference", "p", "accu-\nracy", "many", "few", "worst\nclass", "training\ntime",
    ]  # fmt: skip
    first, second, third = leaderboard_cells(record)
    assert first == ["loss=ce", "50.0\n49.0 to 51.0", "–", "–", "50.0", "50.0", "50.0", "50.0", "1 min 15 s"]
    assert second[2:4] == ["+3.1\n-0.9 to +7.1", "<.001"]
    assert third[0] == "a [bold]method[/bold] <b>\n1 of 3 runs failed"


@pytest.mark.parametrize(("p", "shown"), [(None, "–"), (0.0414, ".041"), (1.0, "1.000"), (0.00099, "<.001")])
def test_p_values(p: float | None, shown: str, record: dict[str, Any]) -> None:
    record["rows"][1]["difference"]["macro_f1"]["p"] = p
    assert leaderboard_cells(record)[1][3] == shown


def test_intervals_end_where_shares_do(record: dict[str, Any]) -> None:
    record["rows"][1]["metrics"]["macro_f1"] = figure(0.5, 1.2)
    record["rows"][1]["difference"]["macro_f1"] |= figure(-0.2, 1.3)
    assert leaderboard_cells(record)[1][1:3] == ["50.0\n0.0 to 100.0", "-20.0\n-100.0 to +100.0"]


def test_one_seed_has_no_interval(record: dict[str, Any]) -> None:
    record["rows"][0]["metrics"]["macro_f1"] = figure(0.5, None)
    assert leaderboard_cells(record)[0][1] == "50.0"


def test_the_table_fits_into_100_columns(record: dict[str, Any]) -> None:
    record["rows"][0]["name"] = "sampler=effective-number:beta=0.999, mix=mixup-cutmix, loss=label-aware-smoothing"
    for each in record["rows"]:
        each["metrics"]["recall_medium"] = figure(0.123)
    console = Console(width=100, record=True, file=StringIO())
    console.print(leaderboard_table(record))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "+3.1" in text
    assert "-0.9 to +7.1" in text
    assert "1 min 15 s" in text
    assert "corrected (holm)" in text
    assert "[bold]" in text  # a name is no markup


def test_csv(record: dict[str, Any], tmp_path: Path) -> None:
    write_leaderboard_csv(tmp_path / "it.csv", record)
    with (tmp_path / "it.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [each["name"] for each in rows] == ["loss=ce", "loss=focal", "a [bold]method[/bold] <b>"]
    assert [each["failed"] for each in rows] == ["0", "0", "1"]
    assert float(rows[1]["macro_f1"]) == 0.5
    assert float(rows[1]["macro_f1_difference"]) == 0.0312
    assert float(rows[1]["macro_f1_p_uncorrected"]) == 0.0002
    assert rows[0]["macro_f1_p"] == rows[0]["recall_medium"] == ""
