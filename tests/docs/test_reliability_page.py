"""docs/reliability.md names a test for each of the 26 promises, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TEXT = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)))


def rows() -> list[list[str]]:
    """The cells of every row of the tables, without headings."""
    lines = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if line[-1].strip() not in {"---", "proved by"}]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda part: part)
def test_a_named_test_exists(file: str, name: str) -> None:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_all_promises_are_there_and_proved() -> None:
    numbers = [int(cells[0]) for cells in rows() if cells[0].isdecimal()]
    assert numbers == list(range(1, 27))
    assert all("::test_" in cells[-1] for cells in rows())


def test_every_test_of_faults_stands_on_the_page() -> None:
    files = {f"reliability/{file.name}" for file in (TESTS / "reliability").glob("test_*.py")}
    assert files <= {file for file, _ in NAMED}
