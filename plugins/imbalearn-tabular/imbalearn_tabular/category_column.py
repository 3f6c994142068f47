"""A column of categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from imbalearn_tabular.text import as_texts, option_text, sorted_texts
from imbalearn_torch import errors

__all__ = ["CategoryColumn"]


@dataclass(frozen=True)
class CategoryColumn:
    """One 0/1 column a category of the training file, in sorted order, and a last one for missing values.

    The last one is there only where the training file has missing values. A category that it does not have is 0 in
    every column.

    Args:
        name: Of the column.
        categories: Sorted.
        has_missing: Whether a value is missing in the training file.
    """

    name: str
    categories: tuple[str, ...]
    has_missing: bool

    @classmethod
    def fit(cls, values: pd.Series, where: str, max_categories: int) -> CategoryColumn:
        """Learn from the training file.

        Raises:
            DataError: It has more categories than allowed.
        """
        name = str(values.name)
        codes, texts = as_texts(values)
        if len(texts) > max_categories:
            raise errors.DataError(
                f"{where}: column {name!r} has {len(texts)} categories, more than max_categories={max_categories}; "
                f"leave it out with `drop={option_text([name])}`"
            )
        return cls(name, sorted_texts(texts), bool((codes < 0).any()))

    @property
    def width(self) -> int:
        """Columns of the result."""
        return len(self.categories) + self.has_missing

    def encode(self, values: pd.Series, where: str, out: np.ndarray) -> int:
        """Write the rows of a file into `out`, float32 `[N, width]`, all 0.

        Returns:
            0: a missing value is as well described as an unseen category.
        """
        del where
        codes, texts = as_texts(values)
        place = {category: position for position, category in enumerate(self.categories)}
        # The last entry is what the code -1 of a missing value points to.
        places = np.array([*(place.get(text, -1) for text in texts), len(place) if self.has_missing else -1])
        chosen = places[codes]
        rows = np.flatnonzero(chosen >= 0)
        out[rows, chosen[rows]] = 1.0
        return 0
