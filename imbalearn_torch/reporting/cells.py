"""Tables of a page: what a cell says, and the number by which its column is sorted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imbalearn_torch.reporting.labels import printable

__all__ = ["Cell", "Column", "PageTable", "named", "number", "words"]


class Cell(NamedTuple):
    """One cell.

    Args:
        text: What it says; `\\n` begins a line.
        value: What it is sorted by; None: it has no value and comes last; "": its text.
    """

    text: str
    value: float | str | None = ""


class Column(NamedTuple):
    """The heading of a column.

    Args:
        label: What it says.
        is_number: Whether its cells are numbers, and stand at the right.
        order: "ascending" or "descending" where the rows come in that order; "none".
    """

    label: str
    is_number: bool = True
    order: str = "none"


@dataclass(frozen=True)
class PageTable:
    """A table that can be sorted.

    Args:
        label: What it is, for those who do not see it.
        columns: The first one names the rows.
        rows: A cell for each column.
        totals: The last row, which stays where it is; may be empty.
        is_long: Whether it may be longer than the screen.
    """

    label: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()
    is_long: bool = False


def named(name: object) -> Cell:
    """A cell that holds a name of any kind."""
    return Cell(printable(str(name)))


def words(text: str) -> Cell:
    """A cell that holds text."""
    return Cell(text)


def number(value: float | None, shown: Callable[[float | None], str] = "{:,}".format) -> Cell:
    """A cell that holds a number.

    Args:
        value: Which.
        shown: How it is written, None as well.
    """
    return Cell(shown(value), None if value is None or math.isnan(value) else value)
