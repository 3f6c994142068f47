"""A table in a Parquet file."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from imbalearn_tabular.source import checked_names
from imbalearn_torch import errors

__all__ = ["ParquetFile"]

_ROW_NAMES = re.compile(r"__index_level_\d+__")  # an index without a name, as pandas saves it


class ParquetFile:
    """One Parquet file; its columns have types, so nothing is guessed.

    Args:
        file: The file.
    """

    def __init__(self, file: Path) -> None:
        self.where, self.target = str(file), None
        self._file = file

    def names(self) -> list[str]:
        """The names in the schema."""
        try:
            names = pq.read_schema(self._file).names
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error
        return checked_names(self.where, [name for name in names if not _ROW_NAMES.fullmatch(name)])

    def read(self, keep: Sequence[str], text: Collection[str], target: str) -> dict[str, pd.Series]:
        """The columns `keep`, with their types.

        Raises:
            DataError: The file is damaged or has no rows.
        """
        del text, target
        try:
            with pq.ParquetFile(self._file) as opened:
                saved = (opened.schema_arrow.pandas_metadata or {}).get("columns", [])
                frame = opened.read(columns=list(keep)).to_pandas(ignore_metadata=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._damaged(error) from error
        if frame.empty:
            raise errors.DataError(f"{self.where} has no rows")
        columns = {str(name): values for name, values in frame.items()}
        # Parquet itself has no categories of numbers; pandas notes them beside the schema.
        for name in {each["name"] for each in saved if each["pandas_type"] == "categorical"} & set(keep):
            columns[name] = columns[name].astype("category")
        return {name: columns[name] for name in keep}

    def _damaged(self, error: Exception) -> errors.DataError:
        return errors.DataError(f"{self.where} is damaged or no Parquet file: {' '.join(str(error).split())}")
