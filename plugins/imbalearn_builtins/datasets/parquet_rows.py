"""The images in Parquet files, read when they are asked for: row group by row group, a few MB at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from imbalearn_builtins.datasets.lazy_images import EncodedImages
from imbalearn_builtins.datasets.parquet_files import open_parquet
from imbalearn_torch import errors

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Group", "ParquetColumn", "ParquetImages", "column_groups"]

_PIECE = 2**20  # bytes that are read at a time; a place holds several times as much


class Group(NamedTuple):
    """A row group of a file, as far as one column is concerned.

    Args:
        file: The file.
        number: Of the group in its file.
        rows: How many.
        nbytes: Of the column, uncompressed.
        nulls: Rows without a value; None: the file does not say.
    """

    file: str
    number: int
    rows: int
    nbytes: int
    nulls: int | None


def column_groups(files: Sequence[Path], leaf: str) -> list[Group]:
    """The row groups of these files, from their footers; no image is read.

    Args:
        files: In order.
        leaf: The column, `img.bytes` for a field of a struct.

    Raises:
        DataError: A file is damaged or has no such column.
    """
    found = []
    for file in files:
        with open_parquet(file) as opened:
            metadata = opened.metadata
            names = [metadata.schema.column(number).path for number in range(metadata.num_columns)]
            position = names.index(leaf) if leaf in names else -1
            if position < 0 or metadata.schema.column(position).physical_type != "BYTE_ARRAY":
                raise errors.DataError(f"{file} has no column {leaf} of bytes, as other files have")
            for number in range(metadata.num_row_groups):
                group = metadata.row_group(number)
                chunk = group.column(position)
                stated = chunk.statistics
                nulls = stated.null_count if stated is not None and stated.has_null_count else None
                found.append(Group(str(file), number, group.num_rows, chunk.total_uncompressed_size, nulls))
    return found


class ParquetColumn:
    """A column of bytes in Parquet files; `[i]` gives an Arrow scalar.

    Reading on from where the last reading ended is fast, as is what has been read ahead. Each thread of each process
    has a place of its own and opens the files itself, so that workers share no file position.

    Args:
        groups: The row groups, one below the other.
        leaf: The column, `img.bytes` for a field of a struct.
    """

    def __init__(self, groups: Sequence[Group], leaf: str) -> None:
        self._groups, self._leaf = tuple(groups), leaf
        self._ends = np.cumsum([group.rows for group in groups], dtype=np.int64)
        self._local, self._ahead = threading.local(), _Ahead()

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, row: int) -> Any:
        if not 0 <= row < len(self):
            raise IndexError(row)
        found = self._ahead.find(row)
        return self._place().scalar(row) if found is None else found

    def __getstate__(self) -> tuple[tuple[Group, ...], str]:
        return self._groups, self._leaf

    def __setstate__(self, state: tuple[tuple[Group, ...], str]) -> None:
        self.__init__(*state)

    @property
    def row_bytes(self) -> int:
        """The mean size of a value."""
        return max(1, sum(group.nbytes for group in self._groups) // max(1, len(self)))

    def locate(self, row: int) -> tuple[str, int]:
        """The file that holds a row, and which row of that file it is."""
        group = int(np.searchsorted(self._ends, row, side="right"))
        file = self._groups[group].file
        before = sum(each.rows for each in self._groups[:group] if each.file != file)
        return file, row - before

    def missing(self) -> list[int]:
        """Rows without a value; only those groups are read of which it is not known that there are none."""
        found, place = [], self._place()
        for group, end in zip(self._groups, self._ends.tolist(), strict=True):
            if group.nulls != 0:
                rows = np.arange(end - group.rows, end)
                for piece, within in place.pieces(rows):
                    absent = piece.is_null().to_numpy(zero_copy_only=False)
                    found += (within[absent] + place.first).tolist()
        return found

    def read_ahead(self, rows: np.ndarray) -> None:
        """Read these rows, ascending, in one pass over the row groups that hold them, and keep them in memory."""
        self._ahead = _Ahead()  # first of all, so that there are never two
        place, kept = self._place(), []
        for piece, within in place.pieces(rows):
            kept.append(piece.take(within))
        self._ahead = _Ahead(rows, kept)

    def _place(self) -> _Place:
        place = getattr(self._local, "place", None)
        if place is None or place.process != os.getpid():  # a forked process has a copy of its parent's
            place = self._local.place = _Place(self._groups, self._ends, self._leaf, self.row_bytes)
        return place


class _Ahead:
    """Rows that have been read ahead."""

    def __init__(self, rows: np.ndarray | None = None, kept: Sequence[pa.Array] = ()) -> None:
        self._rows = np.empty(0, dtype=np.int64) if rows is None else rows
        self._kept = tuple(kept)
        self._ends = np.cumsum([len(each) for each in kept], dtype=np.int64)

    def find(self, row: int) -> Any:
        position = int(np.searchsorted(self._rows, row))
        if position == len(self._rows) or self._rows[position] != row:
            return None
        part = int(np.searchsorted(self._ends, position, side="right"))
        return self._kept[part][position - (int(self._ends[part - 1]) if part else 0)]


class _Place:
    """Where the reading of one thread stands: an open file, and the rows that were read last."""

    def __init__(self, groups: tuple[Group, ...], ends: np.ndarray, leaf: str, row_bytes: int) -> None:
        self.process = os.getpid()
        self._groups, self._ends, self._leaf = groups, ends, leaf
        self._piece_rows = min(4096, max(16, _PIECE // row_bytes))
        self._group = self.first = -1
        self._piece: Any = ()
        self._rest: Iterator[Any] = iter(())

    def scalar(self, row: int) -> Any:
        """The value of a row."""
        self._go_to(row)
        return self._piece[row - self.first]

    def pieces(self, rows: np.ndarray) -> Iterator[tuple[Any, np.ndarray]]:
        """Parts of the column, and which of their values are among these ascending rows."""
        start = 0
        while start < len(rows):
            self._go_to(int(rows[start]))
            stop = int(np.searchsorted(rows, self.first + len(self._piece)))
            yield self._piece, rows[start:stop] - self.first
            start = stop

    def _go_to(self, row: int) -> None:
        group = int(np.searchsorted(self._ends, row, side="right"))
        if group != self._group or row < self.first:
            self._open(group)
        while row >= self.first + len(self._piece):
            self.first += len(self._piece)
            self._piece = next(self._rest)

    def _open(self, group: int) -> None:
        self._group = group
        self.first, self._piece = int(self._ends[group]) - self._groups[group].rows, ()
        self._rest = _read(self._groups[group], self._leaf, self._piece_rows)


def _read(group: Group, leaf: str, rows: int) -> Iterator[Any]:
    """A row group's column, so many rows at a time.

    It knows of no place, so that a file is closed and its memory free as soon as nothing refers to the place.
    """
    # A row group may hold all of the file, so it is read through a buffer, which `pre_buffer` would fill with all of
    # it; without threads, which a fork would leave behind.
    with open_parquet(group.file, buffer_size=_PIECE, pre_buffer=False) as opened:
        for piece in opened.iter_batches(rows, row_groups=[group.number], columns=[leaf], use_threads=False):
            column = piece.column(0)
            yield column.flatten()[0] if column.type.num_fields else column  # `bytes` is all that was read


class ParquetImages(EncodedImages):
    """Images in a column of Parquet files, which are read in their own order when it is told what will be needed."""

    column: ParquetColumn

    def place(self, row: int) -> str:
        """The file and the row in it; `where` is the part."""
        file, within = self.column.locate(row)
        return f"{file} ({self.where}), row {within}"

    @property
    def row_bytes(self) -> int:
        """What a row takes that is read ahead."""
        return self.column.row_bytes

    def read_ahead(self, rows: np.ndarray) -> None:
        """Read these rows, ascending, and keep them until the next call."""
        self.column.read_ahead(rows)
