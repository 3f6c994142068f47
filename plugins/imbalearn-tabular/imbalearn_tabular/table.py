"""Rows of a CSV, Parquet or NPZ file."""

from __future__ import annotations

from pathlib import Path

from imbalearn_tabular.columns import choose_columns
from imbalearn_tabular.encoder import TableEncoder
from imbalearn_tabular.labels import encode_labels
from imbalearn_tabular.parts import find_parts
from imbalearn_torch import Dataset, Samples, errors

__all__ = ["table"]

_LARGEST = 3.4e38


def table(
    *,
    path: Path,
    target: str | None = None,
    test: Path | None = None,
    validation: Path | None = None,
    drop: str | tuple[str, ...] = (),
    categorical: str | tuple[str, ...] = (),
    max_categories: int = 1000,
    fill: float = 0.0,
    separator: str | None = None,
) -> Dataset:
    """A table of numeric and categorical columns, one of which is the class.

    Numbers and bool become one float32 column each, as they are: the engine standardises every column by mean and
    deviation of the training part. Words, and the columns named in `categorical`, become one 0/1 column for each
    category of the training file, in sorted order; a category that only another file has is 0 in all of them.

    A missing number becomes `fill`, and its column gets a second one that is 1 where the value is missing; a missing
    word is a category of its own. Both are learned from the training file. No mean or median stands in for a missing
    value: the engine cuts the test and validation part from the training file only after this function, so such a
    figure would carry held-out rows into training. The list of categories, which holds no figure of any row, does come
    from the whole file. A column without any value is left out.

    A folder holds files of the same columns; names that start with train, test and val tell the parts. A .npz file
    holds x [N, D] and y [N] (also x_train, y_train, x_test, y_test, x_val, y_val), or one array [N] a column.

    Args:
        path: .csv, .tsv (also .gz), .parquet, .npz, or a folder.
        target: The column of classes; None: the one called target, label, class or y.
        test: The test part, a file of the same columns; None: the engine cuts 20 % from `path`.
        validation: The validation part; None: the engine cuts it from `path`.
        drop: Columns to leave out.
        categorical: Columns of numbers that are categories, such as codes.
        max_categories: Of one column, >= 1; a column with more is refused.
        fill: What a missing number becomes.
        separator: One character between the fields of a text file; None: a comma, in .tsv files a tab.

    Raises:
        OptionError: An option names no column, the target cannot be told, or a value is out of range.
        DataError: A file is missing, damaged or empty, files have different columns, a value is infinite or of no use.
    """
    if max_categories < 1:
        raise errors.OptionError(f"Expected `max_categories` to be >= 1, but got {max_categories}")
    if not abs(fill) < _LARGEST:
        raise errors.OptionError(f"Expected `fill` to be a finite float32, but got {fill}")
    if separator is not None and len(separator) != 1:
        raise errors.OptionError(f"Expected `separator` to be one character, but got {separator!r}")
    categories = _several(categorical)
    parts = find_parts(path, test, validation, separator)
    columns = choose_columns(parts, target=target, drop=_several(drop), categorical=categories)
    keep, where = (*columns.features, columns.target), {part: each.where for part, each in parts.items()}
    read = {"train": parts["train"].read(keep, categories, columns.target)}
    encoder = TableEncoder(
        {name: read["train"][name] for name in columns.features},
        where["train"],
        categorical=categories,
        max_categories=max_categories,
        fill=fill,
    )
    for part in [part for part in parts if part != "train"]:
        read[part] = parts[part].read(keep, encoder.categorical, columns.target)
    labels, classes = encode_labels({part: rows[columns.target] for part, rows in read.items()}, where, max_categories)
    samples = {part: Samples(encoder.encode(rows, where[part]), labels[part]) for part, rows in read.items()}
    return Dataset(
        train=samples["train"], test=samples.get("test"), validation=samples.get("validation"), classes=classes
    )


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
