"""A column of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from imbalearn_tabular.kinds import holds_words
from imbalearn_tabular.text import is_number, some_rows
from imbalearn_torch import errors

__all__ = ["NumberColumn"]


@dataclass(frozen=True)
class NumberColumn:
    """Numbers as they are; bool as 0 and 1.

    What is missing gets a constant and, where the training file has missing values, a second column that is 1 there.
    A mean or median of the column would be none of the training part's alone, since the test and validation rows are
    cut from the same file later; with the indicator beside it the constant costs a network nothing it could express.

    Args:
        name: Of the column.
        has_missing: Whether a value is missing in the training file.
        fill: The constant.
    """

    name: str
    has_missing: bool
    fill: float

    @classmethod
    def fit(cls, values: pd.Series, where: str, fill: float) -> NumberColumn:
        """Learn from the training file.

        Raises:
            DataError: It holds something else than numbers.
        """
        name = str(values.name)
        return cls(name, bool(np.isnan(_numbers(values, where)).any()), fill)

    @property
    def width(self) -> int:
        """Columns of the result."""
        return 2 if self.has_missing else 1

    def encode(self, values: pd.Series, where: str, out: np.ndarray) -> int:
        """Write the rows of a file into `out`, float32 `[N, width]`, all 0.

        Returns:
            How many values are missing without an indicator to say so.

        Raises:
            DataError: A value is no number, infinite, or beyond float32.
        """
        numbers = _numbers(values, where)
        missing = np.isnan(numbers)
        with np.errstate(over="ignore"):
            out[:, 0] = np.where(missing, self.fill, numbers)
        infinite = np.isinf(out[:, 0])
        if infinite.any():
            raise errors.DataError(
                f"{where}: column {self.name!r} is infinite, or beyond the largest float32, in {some_rows(infinite)}"
            )
        if self.has_missing:
            out[:, 1] = missing
            return 0
        return int(missing.sum())


def _numbers(values: pd.Series, where: str) -> np.ndarray:
    """float64 `[N]`, NaN where a value is missing."""
    holds_words(values, where)  # refuses what is neither; words may spell numbers
    try:
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        odd = values.map(lambda value: isinstance(value, str) and not is_number(value)).to_numpy(dtype=bool)
        raise errors.DataError(
            f"{where}: column {values.name!r} holds numbers in the training file, but here "
            f"{str(values.to_numpy()[odd][0])!r} in {some_rows(odd)}"
        ) from error
