"""What a file of a table can be asked for, whatever its format."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import pandas as pd

from imbalearn_tabular.text import option_text, some_names
from imbalearn_torch import errors

__all__ = ["Source", "checked_names"]


class Source(Protocol):
    """One file, or the arrays of one part in a file."""

    @property
    def where(self) -> str:
        """What messages call it."""
        ...

    @property
    def target(self) -> str | None:
        """The column of classes, where the file itself tells which one that is."""
        ...

    def names(self) -> list[str]:
        """The names of the columns, in order; the rows are not read where that can be avoided."""
        ...

    def read(self, keep: Sequence[str], text: Collection[str], target: str) -> dict[str, pd.Series]:
        """The columns `keep`, in that order; those in `text`, and the target, as they are written."""
        ...


def checked_names(where: str, names: list[str]) -> list[str]:
    """Names that can be told apart.

    Raises:
        DataError: There is no column or a single one, one without a name, or two of the same name.
    """
    if len(names) < 2:
        seen = f"a single column, {names[0]!r}" if names else "no column"
        packed = next((mark for mark in ";\t|," if names and mark in names[0]), None)
        hint = f"; if {packed!r} parts its columns, give `separator={option_text([packed])}`" if packed else ""
        raise errors.DataError(f"{where} has {seen}, but a table needs a target and at least one other{hint}")
    if "" in names:
        raise errors.DataError(f"{where}: column {names.index('')} (counted from 0) has no name")
    twice = [name for position, name in enumerate(names) if name in names[:position]]
    if twice:
        raise errors.DataError(f"{where} has several columns of the name {some_names(sorted(set(twice)))}")
    return names
