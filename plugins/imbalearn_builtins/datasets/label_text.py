"""Labels that are text: what stands for a missing value, and numbers that are no labels, are refused by row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imbalearn_builtins.datasets.defaults import some_rows
from imbalearn_torch import errors

__all__ = ["checked_names"]

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?", re.ASCII)
_NEVER = frozenset(("", "nan", "NaN", "NAN", "<NA>"))
# What programs write where a number is missing; among words each may be a class.
_NOT_AMONG_NUMBERS = frozenset(("na", "n/a", "#n/a", "nat", "null", "none", "nan", "inf", "-inf", "infinity"))


def checked_names(names: Sequence[str], where: str, first_row: int = 0) -> list[str]:
    """Names of classes as they are meant: where all are numbers, "2.0" is "2".

    Args:
        names: Of each sample.
        where: For messages.
        first_row: The number of the first one.

    Raises:
        DataError: Values that are missing, or, where all others are numbers, not whole or negative; ten rows are named.

    >>> checked_names(["0", "2.0"], "train.csv")
    ['0', '2']
    """
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names, start=first_row):
        rows.setdefault(name, []).append(row)
    missing = [name for name in rows if name in _NEVER]
    words = [name for name in rows if name not in _NEVER and not _NUMBER.fullmatch(name)]
    are_numbers = all(name.lower() in _NOT_AMONG_NUMBERS for name in words) and len(rows) > len(missing) + len(words)
    if are_numbers:
        missing += words
    _refuse("a label for each image", missing, rows, where)
    if not are_numbers:
        return list(names)
    _refuse("whole numbers for labels", [name for name in rows if _fraction(name)], rows, where)
    negative = [name for name in rows if name.startswith("-") and name.strip("-0.")]
    _refuse("labels that are numbers to be >= 0 (give a class a name instead)", negative, rows, where)
    meant = {name: name.partition(".")[0].lstrip("+-") for name in rows}
    return [meant[name] for name in names]


def _fraction(number: str) -> str:
    return number.partition(".")[2].strip("0")


def _refuse(expected: str, wrong: Sequence[str], rows: dict[str, list[int]], where: str) -> None:
    if not wrong:
        return
    found = sorted(row for name in wrong for row in rows[name])
    samples = ", ".join(map(repr, wrong[:3])) + (", ..." if len(wrong) > 3 else "")
    raise errors.DataError(f"{where}: Expected {expected}, but got {samples} in {some_rows(found)}")
