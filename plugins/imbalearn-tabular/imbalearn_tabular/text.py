"""Values as text, so that the same category or class is the same in every file; and words for messages."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

__all__ = [
    "MISSING_TEXT",
    "as_texts",
    "is_number",
    "is_whole",
    "nearest",
    "option_text",
    "some_names",
    "some_rows",
    "sorted_texts",
]

# What stands for a missing value in a text file: as pandas has it, and the question mark of the UCI repository.
MISSING_TEXT = frozenset(
    ("", "?", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d+)(\.0*)?", re.ASCII)


def as_texts(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The distinct values as text, and for each row which of them it has, -1 where the value is missing.

    A whole number is written without a point: a column of integers becomes one of floats as soon as one is missing,
    and "1.0" in one file has to be the "1" of the other.
    """
    codes, uniques = pd.factorize(values)
    texts = [_text(value) for value in uniques]
    merged, distinct = pd.factorize(np.array(texts, dtype=object))
    if len(distinct):
        codes = np.where(codes < 0, -1, merged[codes])
    return codes, [str(each) for each in distinct]


def _text(value: object) -> str:
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def is_number(text: str) -> bool:
    """Whether a text is a finite number in the usual spelling."""
    return _NUMBER.fullmatch(text) is not None


def is_whole(text: str) -> bool:
    """Whether a text is an integer, `1.0` included."""
    return _WHOLE.fullmatch(text) is not None


def sorted_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """By value where all are numbers, else as text: "2" before "10", but "10" before "2" beside "a"."""
    every = sorted(set(texts))
    return tuple(sorted(every, key=float) if all(map(is_number, every)) else every)


def some_rows(wrong: np.ndarray) -> str:
    """`row 3` or `rows 3, 17 and 5 more` of a mask `[N]`: at most ten by number."""
    rows = np.flatnonzero(wrong).tolist()
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:10]))}{more} (the first is row 0)"


def some_names(names: Sequence[str]) -> str:
    """At most twenty names in quotes."""
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(repr(name) for name in names[:20]) + more


def option_text(names: Sequence[str]) -> str:
    """Names as the value of an option, in quotes where the spelling of options needs them."""
    texts = [name if re.fullmatch(r"[\w.:-]+", name) else json.dumps(name, ensure_ascii=False) for name in names]
    return texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
