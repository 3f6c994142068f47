"""Text files that list images with their labels, as ImageNet-LT, Places-LT and iNaturalist are published."""

from __future__ import annotations

from pathlib import Path

from imbalearn_builtins.datasets.defaults import some_rows
from imbalearn_builtins.datasets.image_files import dataset_of_files, located
from imbalearn_torch import Dataset, errors

__all__ = ["image_list"]

_PARTS = ("train", "validation", "test")


def image_list(
    *,
    path: Path,
    validation: Path | None = None,
    test: Path | None = None,
    images: Path | None = None,
    size: int | None = None,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
) -> Dataset:
    """Lists of local images: one line an image, its file and its label in 0..K-1, separated by spaces or a tab.

    Args:
        path: The list of the training images, such as ImageNet_LT_train.txt.
        validation: The list of the validation images; None: validation is cut from the training images.
        test: The list of the test images; None: the test part is cut from the training images.
        images: The folder that the files are relative to and stay in; None: that of each list. An absolute path may
            lead anywhere.
        size: Pixels a side, 1 to 8192: the shorter side is scaled to it and the centre cut out. None: images keep their
            size where all are alike and at most 64 pixels a side, else 64.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`, > 0.

    Raises:
        DataError: A list is missing, empty or malformed, a label is beyond every number of classes there could be, or
            an image cannot be read.
        OptionError: `size`, `mean` or `std` is out of range.

    References:
        [1] Z. Liu, Z. Miao, X. Zhan, J. Wang, B. Gong, S. X. Yu, Large-Scale Long-Tailed Recognition in an Open World,
            CVPR 2019, arXiv:1904.05160
    """
    lists = dict(zip(_PARTS, (path, validation, test), strict=True))
    parts = {part: _read(file.expanduser(), images) for part, file in lists.items() if file is not None}
    labels = [label for found in parts.values() for _, label in found]
    if max(labels) >= len(labels):
        beyond = [f"{file} ({label})" for found in parts.values() for file, label in found if label >= len(labels)]
        more = f" and {len(beyond) - 10} more" if len(beyond) > 10 else ""
        raise errors.DataError(
            f"Expected labels in 0..K-1, but one of {len(labels)} images in {path} has the label {max(labels)}; "
            f"too large: {', '.join(beyond[:10])}{more}"
        )
    classes = tuple(str(label) for label in range(max(labels) + 1))
    return dataset_of_files(parts, classes, where=path, size=size, mean=mean, std=std)


def _read(file: Path, images: Path | None) -> list[tuple[str, int]]:
    """The files and labels of one list."""
    try:
        # Not `splitlines`: it also splits at characters that a file name may hold.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeError) as error:
        raise errors.DataError(f"the list {file} cannot be read: {error}") from error
    found, wrong = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        name, _, label = line.strip().replace("\t", " ").rpartition(" ")
        if name and label.isascii() and label.isdecimal():
            found.append((name.strip(), int(label)))
        else:
            wrong.append(number)
    if wrong:
        first = lines[wrong[0] - 1][:80]
        raise errors.DataError(
            f"Expected each line of {file} to be FILE LABEL with a label >= 0, but {some_rows(wrong)} "
            f"{'is' if len(wrong) == 1 else 'are'} not: {first!r}"
        )
    if not found:
        raise errors.DataError(f"the list {file} names no image")
    files = located(file, images, [name for name, _ in found])
    return list(zip(files, (label for _, label in found), strict=True))
