"""A data set of image files whose labels are known. What the kinds for folders and lists of files share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from imbalearn_builtins.datasets.defaults import check_statistics, default_augment
from imbalearn_builtins.datasets.image_form import Header, choose_form
from imbalearn_builtins.datasets.inside import require_inside
from imbalearn_builtins.datasets.lazy_images import FileImages, problem_of
from imbalearn_torch import Dataset, Samples, errors

__all__ = ["dataset_of_files", "located"]


def dataset_of_files(
    parts: Mapping[str, Sequence[tuple[str, int]]],
    classes: tuple[str, ...],
    *,
    where: Path,
    size: int | None,
    mean: tuple[float, ...] | None,
    std: tuple[float, ...] | None,
) -> Dataset:
    """The data set of these files; headers are read, no image is decoded.

    Args:
        parts: "train", and where there are "test" and "validation": files with their labels.
        classes: Names, in the order of the labels.
        where: For messages.
        size: Pixels a side, or None, as `choose_form` has it.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`.

    Raises:
        UnreadableError: There are files that are no images.
        OptionError: `size`, `mean` or `std` is out of range.
    """
    files = [file for part in parts.values() for file, _ in part]
    headers, problems = _headers(files)
    unreadable = f"{len(problems)} of {len(files)} images in {where} cannot be read"
    if not headers:
        raise errors.UnreadableError(unreadable, problems)
    form = choose_form(headers, size)
    check_statistics(mean, std, form.shape[0])
    samples = {
        part: Samples(
            FileImages(tuple(file for file, _ in found), form),
            torch.tensor([label for _, label in found], dtype=torch.int64),
        )
        for part, found in parts.items()
    }
    dataset = Dataset(
        train=samples["train"],
        test=samples.get("test"),
        validation=samples.get("validation"),
        classes=classes,
        mean=mean,
        std=std,
        augment=default_augment(form.shape),
    )
    if problems:
        raise errors.UnreadableError(unreadable, problems, dataset)
    return dataset


def located(table: Path, images: Path | None, names: Sequence[str]) -> list[str]:
    """The files that a table names.

    Args:
        table: The table.
        images: The folder that they are relative to; None: that of the table.
        names: As the table has them. An absolute path is the user's own word and may lead anywhere.

    Raises:
        DataError: A relative one leads out of the folder.
    """
    folder = table.parent if images is None else images.expanduser()
    files = [str(folder / name) for name in names]
    relative = (file for name, file in zip(names, files, strict=True) if not Path(name).is_absolute())
    require_inside(folder, relative, "give `images=` the folder that holds them all, or write absolute paths")
    return files


def _headers(files: list[str]) -> tuple[set[Header], list[str]]:
    """The distinct headers, and a sentence for each file without one."""
    headers, problems = set(), []
    for file in files:
        try:
            headers.add(Header.read(file))
        except Exception as error:
            problems.append(problem_of(file, error))
    return headers, problems
