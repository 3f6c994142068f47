"""The tables of the READMEs are what the committed results say."""

import json
from pathlib import Path

import pytest

from benchmarks import tables
from benchmarks.__main__ import NAMES, QUICK
from benchmarks.harness import compared, marked
from benchmarks.tables import BEGIN, END, FILES, Row, rows_of, updated, write


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_committed_tables_are_those_of_the_committed_results(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == updated(file), "run: python -m benchmarks --table"


def test_a_pair_is_a_row() -> None:
    measured = {"command": "x", "mixed_way": compared([2.0, 3.0], [2.0, 2.0], at_most=1.05)}
    assert rows_of("overhead", measured) == [Row("overhead", "mixed way", "1.25", "1 to 1.5", "≤ 1.05", False)]


def test_a_bound_holds_for_what_stands_below_it() -> None:
    measured = {"bound": 2, "sense": ">=", "a": {"ratio": 3.0}, "b": {"c": {"ratio": 1.0}}, "seconds": 5.0}
    rows = rows_of("n", measured)
    assert [(row.what, row.figure, row.met) for row in rows] == [("a", "3", True), ("b, c", "1", False)]


def test_a_figure_with_a_unit_is_a_row() -> None:
    (row,) = rows_of("memory", {"beyond": marked(1234.5, "MB", at_most=1300.0)})
    assert (row.figure, row.mark, row.met) == ("1,234 MB", "≤ 1,300", True)


def test_what_has_no_bound_is_no_row() -> None:
    assert rows_of("transfer", {"date": "2026-01-01", "head": {"mean": {"accuracy": 0.4}}}) == []


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A README and one result of a project of its own."""
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    (tmp_path / "grid.json").write_text(json.dumps({"grid": compared([1.0], [1.2], at_least=1.1)}))
    file = tmp_path / "README.md"
    file.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    monkeypatch.setattr(tables, "FILES", {file: ("grid",)})
    return file


def test_writing_changes_what_stands_between_the_lines_and_nothing_else(page: Path) -> None:
    assert write() == [page]
    text = page.read_text()
    assert text.startswith(f"above\n{BEGIN}\n") and text.endswith(f"{END}\nbelow\n")
    assert "| 1.2 |  | ≥ 1.1 | yes |" in text and "old" not in text
    assert write() == []


def test_what_has_no_result_yet_is_said(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FILES", {page: None})
    monkeypatch.setattr(tables, "NAMES", ("grid", "quality"))
    write()
    rows = page.read_text().splitlines()
    assert "| `python -m benchmarks quality` | not measured yet | | | | | |" in rows
    assert sum("not measured yet" in row for row in rows) == 1


def test_a_page_without_the_lines_is_refused(page: Path) -> None:
    page.write_text("nothing")
    with pytest.raises(ValueError, match=r"README\.md"):
        write()


def test_every_measurement_is_a_module_and_every_quick_one_is_known() -> None:
    folder = Path(tables.__file__).parent
    assert [name for name in NAMES if not (folder / f"{name}.py").is_file()] == []
    assert set(QUICK) <= set(NAMES)
