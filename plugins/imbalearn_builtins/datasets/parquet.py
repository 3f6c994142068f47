"""Parquet files as on the Hugging Face hub."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from imbalearn_builtins.datasets.defaults import (
    check_statistics,
    classes_of_labels,
    default_augment,
    labels_of_names,
    some_rows,
)
from imbalearn_builtins.datasets.image_form import Header, ImageForm, choose_form
from imbalearn_builtins.datasets.label_text import checked_names
from imbalearn_builtins.datasets.parquet_columns import Columns, choose_columns
from imbalearn_builtins.datasets.parquet_files import find_files, read_columns, read_schema
from imbalearn_builtins.datasets.parquet_rows import ParquetColumn, ParquetImages, column_groups
from imbalearn_torch import Dataset, Samples, errors

if TYPE_CHECKING:
    import pyarrow as pa
    from torch import Tensor

__all__ = ["parquet"]

_SAMPLE = 256


def parquet(
    *,
    path: Path,
    size: int | None = None,
    image: str | None = None,
    label: str | None = None,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
) -> Dataset:
    """Encoded images and labels in Parquet files; an image is read and decoded when it is asked for.

    The part is told from the start of a file's name: `train`, `test`, `validation` or `val`, in PATH, in PATH/data or
    in the only subfolder that holds such files. A single file is a training part, as are files of which none is named
    so. Images become RGB, or one channel where they are grey.

    Args:
        path: A file or a folder.
        size: Pixels a side, >= 1: the shorter side is scaled to it and the centre cut out. None: images keep their size
            where all are alike and at most 64 pixels a side, else 64. This, and whether the images are grey, is
            judged by 256 images spread evenly over the training part; one that does not fit is an error when decoded.
        image: The column of images, bytes or a struct with `bytes`; None: the only one of that type.
        label: The column of labels, integers or strings; None: found by its name, as the only class label in the
            metadata of Hugging Face, as the only column of integers, or of strings.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`, > 0.

    Raises:
        DataError: Files are missing or damaged, or have missing values; or pyarrow is not installed.
        OptionError: No column fits or several do, or `size`, `mean` or `std` is out of range.
    """
    path = Path(path).expanduser()
    files = find_files(path)
    columns = choose_columns(read_schema(files["train"][0]), image, label)
    leaf = columns.leaves[columns.image]
    labels = {part: table[columns.label] for part, table in read_columns(files, {columns.label: columns.label}).items()}
    images = {part: ParquetColumn(column_groups(found, leaf), leaf) for part, found in files.items()}
    where = {part: f"{path} ({part})" for part in files}
    for part in files:
        _require_values(images[part], labels[part], columns, where[part])
    targets, classes = _targets(
        labels, columns, {part: f"{name}: column {columns.label!r}" for part, name in where.items()}
    )
    form = _form(images["train"], size, where["train"])
    check_statistics(mean, std, form.shape[0])
    parts = {part: Samples(ParquetImages(images[part], form, part), targets[part]) for part in files}
    return Dataset(
        train=parts["train"],
        test=parts.get("test"),
        validation=parts.get("validation"),
        classes=classes,
        mean=mean,
        std=std,
        augment=default_augment(form.shape),
    )


def _require_values(images: ParquetColumn, labels: pa.ChunkedArray, columns: Columns, where: str) -> None:
    if not len(images):
        raise errors.DataError(f"{where} has no rows")
    unlabelled = torch.from_numpy(labels.is_null().to_numpy().copy()).nonzero().flatten().tolist()
    for name, missing in ((columns.image, images.missing()), (columns.label, unlabelled)):
        if missing:
            raise errors.DataError(f"{where}: column {name!r} has no value in {some_rows(missing)}")


def _targets(
    labels: dict[str, pa.ChunkedArray], columns: Columns, where: dict[str, str]
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The labels of each part, and the names of the classes of all parts together."""
    if columns.is_text:
        words = {part: checked_names(column.to_pylist(), where[part]) for part, column in labels.items()}
        return labels_of_names(words)
    targets = {part: torch.from_numpy(column.to_numpy().astype("int64")) for part, column in labels.items()}
    return targets, columns.classes or classes_of_labels(targets)


def _form(images: ParquetColumn, size: int | None, where: str) -> ImageForm:
    count = len(images)
    headers = set()
    for row in sorted({step * (count - 1) // (_SAMPLE - 1) for step in range(_SAMPLE)}):
        try:
            headers.add(Header.read(io.BytesIO(images[row].as_py())))
        except Exception:
            continue  # decoding lists every damaged image
    if not headers:
        raise errors.DataError(f"{where}: no image of {count} can be read")
    return choose_form(headers, size)
