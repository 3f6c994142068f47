"""What the values of a column are: numbers, words, or of no use."""

from __future__ import annotations

import pandas as pd

from imbalearn_tabular.text import option_text
from imbalearn_torch import errors

__all__ = ["holds_words", "require_names"]

_NUMBERS = frozenset(("boolean", "integer", "floating", "decimal", "mixed-integer-float", "empty"))
_MIXED = frozenset(("mixed", "mixed-integer"))


def holds_words(values: pd.Series, where: str) -> bool:
    """Whether a column holds words; False: numbers, or nothing at all.

    Raises:
        DataError: It holds neither, such as dates, bytes or lists.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return True
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "string" or (kind in _MIXED and _are_plain(values)):
        return True
    if kind in _NUMBERS:
        return False
    found = type(values.dropna().iloc[0]).__name__ if kind in _MIXED else kind
    raise _of_no_use(values, where, f"neither numbers nor words, but {found} values")


def require_names(values: pd.Series, where: str) -> None:
    """See that every value can be the name of a category: dates can, lists cannot.

    Raises:
        DataError: They cannot.
    """
    if pd.api.types.infer_dtype(values, skipna=True) in _MIXED and not _are_plain(values):
        raise _of_no_use(values, where, "values that are no names")


def _are_plain(values: pd.Series) -> bool:
    """Whether words stand beside numbers, as where a column is words in one file of a folder only."""
    return bool(values.dropna().map(type).isin([str, int, float, bool]).all())


def _of_no_use(values: pd.Series, where: str, what: str) -> errors.DataError:
    return errors.DataError(
        f"{where}: column {values.name!r} holds {what}; turn them into numbers or words, or leave the column out with "
        f"`drop={option_text([str(values.name)])}`"
    )
