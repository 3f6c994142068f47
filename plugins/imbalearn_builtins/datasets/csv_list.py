"""A CSV file that lists images with the names of their classes."""

from __future__ import annotations

import csv
from pathlib import Path

from imbalearn_builtins.datasets.defaults import labels_of_names, some_rows
from imbalearn_builtins.datasets.image_files import dataset_of_files, located
from imbalearn_builtins.datasets.label_text import checked_names
from imbalearn_torch import Dataset, errors

__all__ = ["csv_list"]


def csv_list(
    *,
    path: Path,
    validation: Path | None = None,
    test: Path | None = None,
    file: str = "file",
    label: str = "label",
    images: Path | None = None,
    size: int | None = None,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
) -> Dataset:
    """A table of local images: a header, then one row an image with its file and its class.

    Classes are the names in the column `label` of all parts together, sorted; numbers in the order of numbers. Where
    all labels are numbers they must be whole and not negative; a label that is empty or NaN is an error.

    Args:
        path: The training images.
        validation: The validation images; None: validation is cut from the training images.
        test: The test images; None: the test part is cut from the training images.
        file: The column of the files.
        label: The column of the classes.
        images: The folder that the files are relative to and stay in; None: that of each table. An absolute path may
            lead anywhere.
        size: Pixels a side, 1 to 8192: the shorter side is scaled to it and the centre cut out. None: images keep their
            size where all are alike and at most 64 pixels a side, else 64.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`, > 0.

    Raises:
        DataError: A table is missing, empty or lacks a column or a value, or an image cannot be read.
        OptionError: `size`, `mean` or `std` is out of range.
    """
    tables = {"train": path, "validation": validation, "test": test}
    rows = {part: _read(table.expanduser(), images, file, label) for part, table in tables.items() if table is not None}
    names = {
        part: checked_names([name for _, name in found], f"column {label!r} of {tables[part]}", first_row=1)
        for part, found in rows.items()
    }
    targets, classes = labels_of_names(names)
    parts = {
        part: list(zip((name for name, _ in found), targets[part].tolist(), strict=True))
        for part, found in rows.items()
    }
    return dataset_of_files(parts, classes, where=path, size=size, mean=mean, std=std)


def _read(table: Path, images: Path | None, file: str, label: str) -> list[tuple[str, str]]:
    """The files and class names of one table."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True, skipinitialspace=True)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = list(reader)
    except (OSError, UnicodeError, csv.Error) as error:
        raise errors.DataError(f"the table {table} cannot be read: {error}") from error
    _check_columns(table, columns, (file, label))
    if not rows:
        raise errors.DataError(f"the table {table} has no row")
    long = [number for number, row in enumerate(rows, start=1) if None in row]
    if long:
        raise errors.DataError(f"{table} has more cells than its header in {some_rows(long)}; quote names with commas")
    empty = [number for number, row in enumerate(rows, start=1) if not _has(row, file) or not _has(row, label)]
    if empty:
        raise errors.DataError(f"{table} has no file or no label in {some_rows(empty)}")
    files = located(table, images, [row[file].strip() for row in rows])
    return [(name, row[label].strip()) for name, row in zip(files, rows, strict=True)]


def _check_columns(table: Path, columns: list[str], wanted: tuple[str, str]) -> None:
    missing = [repr(name) for name in wanted if name not in columns]
    if missing:
        other = next((mark for mark in (";", "\t") if len(columns) == 1 and mark in columns[0]), None)
        advice = f"separate cells by commas, not by {other!r}" if other else "name them with `file=` and `label=`"
        raise errors.DataError(
            f"{table} has no column {' and '.join(missing)} (columns: {', '.join(columns) or 'none'}); {advice}"
        )
    twice = [repr(name) for name in dict.fromkeys(wanted) if columns.count(name) > 1]
    if twice:
        raise errors.DataError(f"{table} has several columns {' and '.join(twice)}; give each a name of its own")


def _has(row: dict[str, str | None], column: str) -> bool:
    return bool((row[column] or "").strip())
