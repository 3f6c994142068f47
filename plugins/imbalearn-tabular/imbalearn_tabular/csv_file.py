"""A table in a text file: CSV or TSV, gzipped or not."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from imbalearn_tabular.source import checked_names
from imbalearn_tabular.text import MISSING_TEXT, is_number, some_rows
from imbalearn_torch import errors

__all__ = ["CsvFile"]

_NOT_A_CLASS = frozenset(("", "nan", "NaN", "<NA>"))  # "NA" and "None" may be the name of a class


class CsvFile:
    """One text file, UTF-8, whose first line names the columns.

    Args:
        file: The file.
        separator: One character; None: a tab for .tsv, else a comma.
    """

    def __init__(self, file: Path, separator: str | None) -> None:
        self.where, self.target = str(file), None
        self._file = file
        tabs = ".tsv" in (suffix.lower() for suffix in file.suffixes)
        self._separator = separator if separator is not None else "\t" if tabs else ","

    @cached_property
    def _header(self) -> list[str]:
        """Every name of the first line, stripped."""
        first = self._parse(header=None, nrows=1, dtype=str, keep_default_na=False)
        if first.empty:
            raise errors.DataError(f"{self.where} is empty")
        return [str(name).strip() for name in first.iloc[0]]

    def names(self) -> list[str]:
        """The names in the first line, without the nameless first column in which pandas and R write row names."""
        header = self._header
        names = header[1:] if len(header) > 2 and not header[0] else header
        checked_names(self.where, names)
        numbered = names == [str(position) for position in range(len(names))]
        if all(map(is_number, names)) and not numbered:
            raise errors.DataError(
                f"{self.where}: its first line holds numbers ({', '.join(names[:3])}, ...), but must name the columns"
            )
        return names

    def read(self, keep: Sequence[str], text: Collection[str], target: str) -> dict[str, pd.Series]:
        """The columns `keep`; those in `text`, and the target, as they are written.

        Raises:
            DataError: The file is damaged, not UTF-8 or has no rows, or a column of numbers has a word in it.
        """
        as_written = {*text, target}
        missing = {name: sorted(_NOT_A_CLASS if name == target else MISSING_TEXT) for name in self._header}
        frame = self._parse(
            header=0,
            names=self._header,
            index_col=False,
            dtype={name: str for name in self._header if name in as_written},
            na_values=missing,
            keep_default_na=False,
            low_memory=False,
        )
        if frame.empty:
            raise errors.DataError(f"{self.where} has no rows below its first line")
        columns = {str(name): values for name, values in frame.items()}
        for name in keep:
            if pd.api.types.infer_dtype(columns[name], skipna=True) == "string":
                columns[name] = columns[name].str.strip()
                if name not in as_written:
                    columns[name] = self._checked(columns[name])
        return {name: columns[name] for name in keep}

    def _parse(self, **options: Any) -> pd.DataFrame:
        try:
            with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
                return pd.read_csv(
                    self._file, sep=self._separator, skipinitialspace=True, encoding="utf-8-sig", **options
                )
        except pd.errors.EmptyDataError:
            raise errors.DataError(f"{self.where} is empty") from None
        except UnicodeError as error:
            raise errors.DataError(f"{self.where} is not UTF-8; convert it, or save it again as UTF-8") from error
        except pd.errors.ParserWarning as error:
            raise errors.DataError(f"{self.where}: its rows have more fields than its first line has names") from error
        except (OSError, EOFError, ValueError, zlib.error) as error:
            cause = " ".join(str(error).split())
            raise errors.DataError(f"{self.where} cannot be read: {cause}") from error

    def _checked(self, column: pd.Series) -> pd.Series:
        """One word in a column of numbers would silently turn each of its values into a category."""
        distinct = [str(value) for value in column.dropna().unique()]
        if 2 * sum(is_number(value.replace(",", ".", 1)) for value in distinct) <= len(distinct):
            return column
        if all(map(is_number, distinct)):
            return column.astype(np.float64)  # such as integers beyond 64 bits
        odd = (column.notna() & ~column.isin([value for value in distinct if is_number(value)])).to_numpy(dtype=bool)
        raise errors.DataError(
            f"{self.where}: column {column.name!r} holds numbers, but {str(column.to_numpy()[odd][0])!r} in "
            f"{some_rows(odd)}; leave such a field empty, or list the column in `categorical`"
        )
