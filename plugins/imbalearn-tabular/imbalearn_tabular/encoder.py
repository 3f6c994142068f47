"""From the columns of a table to float32 [N, D], learned from the training file."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from imbalearn_tabular.category_column import CategoryColumn
from imbalearn_tabular.kinds import holds_words, require_names
from imbalearn_tabular.number_column import NumberColumn
from imbalearn_torch import errors

__all__ = ["TableEncoder"]


class TableEncoder:
    """Columns in the order of the file: numbers as they are, categories one-hot.

    Args:
        features: The columns of the training file without the target.
        where: What messages call it.
        categorical: Columns that are categories whatever their type.
        max_categories: Of one column.
        fill: What a missing number becomes.

    Raises:
        DataError: A column is neither numbers nor words, or has too many categories; or none has a value.
    """

    def __init__(
        self,
        features: Mapping[str, pd.Series],
        where: str,
        *,
        categorical: Collection[str],
        max_categories: int,
        fill: float,
    ) -> None:
        self.columns: list[NumberColumn | CategoryColumn] = []
        empty = [name for name, values in features.items() if values.isna().to_numpy().all()]
        if empty:
            warnings.warn(
                f"{where}: the columns {', '.join(empty)} have no value and are left out", UserWarning, stacklevel=2
            )
        for name, values in features.items():
            if name in empty:
                continue
            if name in categorical:
                require_names(values, where)
            if name in categorical or holds_words(values, where):
                self.columns.append(CategoryColumn.fit(values, where, max_categories))
            else:
                self.columns.append(NumberColumn.fit(values, where, fill))
        if not self.columns:
            raise errors.DataError(f"{where} has no value in any column beside the target")

    @property
    def categorical(self) -> frozenset[str]:
        """The columns of categories, which other files are to give as text."""
        return frozenset(column.name for column in self.columns if isinstance(column, CategoryColumn))

    def encode(self, features: Mapping[str, pd.Series], where: str) -> Tensor:
        """The rows of a file: float32 `[N, D]`.

        Raises:
            DataError: A value does not fit its column, or the result does not fit into memory.
        """
        rows, width = len(features[self.columns[0].name]), sum(column.width for column in self.columns)
        try:
            out = np.zeros((rows, width), dtype=np.float32)
        except MemoryError:
            raise errors.DataError(
                f"{where}: {rows} rows of {width} columns need {rows * width * 4 / 2**30:.1f} GiB, more "
                "than there is; drop the columns with the most categories"
            ) from None
        start = 0
        for column in self.columns:
            unmarked = column.encode(features[column.name], where, out[:, start : start + column.width])
            start += column.width
            if unmarked:
                warnings.warn(
                    f"{where}: column {column.name!r} lacks a value in {unmarked} rows, though in no row of the "
                    "training file; they get a constant that no model was trained on",
                    UserWarning,
                    stacklevel=2,
                )
        return torch.from_numpy(out)
