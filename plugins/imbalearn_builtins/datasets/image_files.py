"""A data set of image files whose labels are known. What the kinds for folders and lists of files share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from imbalearn_builtins.datasets.defaults import check_statistics, default_augment
from imbalearn_builtins.datasets.image_form import Header, choose_form, reason
from imbalearn_builtins.datasets.lazy_images import FileImages
from imbalearn_torch import Dataset, Samples, errors

__all__ = ["dataset_of_files"]


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


def _headers(files: list[str]) -> tuple[set[Header], list[str]]:
    """The distinct headers, and a sentence for each file without one."""
    headers, problems = set(), []
    for file in files:
        try:
            headers.add(Header.read(file))
        except Exception as error:
            hint = "; write / where it has \\" if isinstance(error, FileNotFoundError) and "\\" in file else ""
            problems.append(f"{file}: {reason(error)}{hint}")
    return headers, problems
