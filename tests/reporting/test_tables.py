import csv

import pytest
import torch
from rich.console import Console

from imbalearn_torch.reporting import summary_table, write_confusion_csv, write_per_class_csv


def cells(table) -> list[list[str]]:
    """The rows of a table as plain text."""
    return [list(row) for row in zip(*([str(cell) for cell in column.cells] for column in table.columns), strict=True)]


def read(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_summary(result, tmp_path):
    assert cells(summary_table(result, folder=tmp_path)) == [
        ["accuracy", "60.0 %"],
        ["balanced accuracy", "58.3 %"],
        ["macro-F1", "0.5833"],
        ["worst class", "dog, 50.0 %"],
        ["recall, many-shot (1 class)", "66.7 %"],
        ["recall, medium-shot (1 class)", "50.0 %"],
        ["recall, few-shot (1 class)", "–"],
        ["time", "1 min 15 s"],
        ["folder", str(tmp_path)],
    ]


def test_summary_with_more_columns(result):
    result["metrics"] |= {"test_unadjusted": {"accuracy": 0.1}, "val": {"accuracy": 0.2}}
    rows = {row[0]: row[1:] for row in cells(summary_table(result))}
    assert rows["accuracy"] == ["60.0 %", "10.0 %", "20.0 %"]
    assert rows["worst class"] == ["dog, 50.0 %", "–", "–"]


def test_names_are_not_markup(result):
    result["name"], result["data"]["classes"][1] = "[bold]x[/bold]", "[red]dog"
    console = Console(width=100)
    with console.capture() as capture:
        console.print(summary_table(result))
    assert "[red]dog, 50.0 %" in capture.get()
    assert "[bold]x[/bold]" in capture.get()


def test_summary_of_next_to_nothing():
    assert cells(summary_table({}))[:1] == [["accuracy", "–"]]


def test_per_class_csv(result, tmp_path):
    write_per_class_csv(tmp_path / "per_class.csv", result["metrics"]["test"], ["고양이", 'a "b", c', "eel"])
    header, *rows = read(tmp_path / "per_class.csv")
    assert header[:6] == ["class", "name", "train_count", "test_count", "precision", "recall"]
    assert [row[:2] for row in rows] == [["0", "고양이"], ["1", 'a "b", c'], ["2", "eel"]]
    assert [float(rows[0][header.index(name)]) for name in ("train_count", "test_count")] == [120, 3]
    assert float(rows[0][header.index("recall")]) == pytest.approx(2 / 3)
    assert rows[2][2:] == ["5", "0", "", "", "", "", "", ""]


def test_confusion_csv(tmp_path):
    write_confusion_csv(tmp_path / "confusion.csv", torch.tensor([[2, 1], [0, 3]]), ["고양이", "dog"])
    assert read(tmp_path / "confusion.csv") == [
        ["true class", "고양이", "dog"],
        ["고양이", "2", "1"],
        ["dog", "0", "3"],
    ]


def test_names_that_are_no_text_are_escaped(tmp_path):
    write_confusion_csv(tmp_path / "confusion.csv", [[1]], ["a\udcff"])
    assert read(tmp_path / "confusion.csv")[0] == ["true class", "a\\udcff"]
