"""What the data sets of a user have in common: the default augmentation, checks, labels from names."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_torch import errors

__all__ = ["check_statistics", "classes_of_labels", "default_augment", "labels_of_names", "some_rows"]


def default_augment(shape: tuple[int, ...]) -> str:
    """Crop, flip and cutout for colour images, in proportion to their size; none for grey images and tables.

    Args:
        shape: Of one sample, (C, H, W) or (D,).

    >>> default_augment((3, 32, 32))
    'crop:pad=4+flip+cutout:size=8'
    """
    if len(shape) != 3 or shape[0] != 3 or min(shape[1:]) < 8:
        return "none"
    side = min(shape[1:])
    return f"crop:pad={side // 8}+flip+cutout:size={side // 4}"


def check_statistics(mean: tuple[float, ...] | None, std: tuple[float, ...] | None, channels: int) -> None:
    """Raise an OptionError unless `mean` and `std` hold one number a channel each, and `std` is > 0."""
    for name, values in (("mean", mean), ("std", std)):
        if values is not None and len(values) != channels:
            raise errors.OptionError(
                f"Expected `{name}` to be {channels} numbers, one a channel, but got {list(values)}"
            )
    if std is not None and min(std) <= 0:
        raise errors.OptionError(f"Expected `std` to be > 0, but got {list(std)}")


def some_rows(rows: list[int]) -> str:
    """`rows 3, 17 and 5 more`: at most ten by number."""
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:10]))}{more}"


def classes_of_labels(targets: dict[str, Tensor]) -> tuple[str, ...]:
    """`"0"` .. `"K-1"`, where K - 1 is the largest label of any part.

    Args:
        targets: int64 `[N]`, N >= 1, by part.

    Raises:
        DataError: There would be more classes than samples, so these are no labels.
    """
    largest = max(int(each.max()) for each in targets.values())
    samples = sum(each.numel() for each in targets.values())
    if largest >= samples:
        beyond = {part: (each >= samples).nonzero().flatten().tolist() for part, each in targets.items()}
        rows = "; ".join(f"{part} {some_rows(found)}" for part, found in beyond.items() if found)
        raise errors.DataError(
            f"Expected labels in 0..K-1, but one of {samples} samples has the label {largest}; too large: {rows}"
        )
    return tuple(str(label) for label in range(max(largest, 0) + 1))


def labels_of_names(names: dict[str, list[str]]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Labels for classes given by name: the sorted names of all parts together are the classes.

    Where every name is a whole number, "2" stands before "10".

    Args:
        names: Of each sample, by part.

    Returns:
        int64 `[N]` by part, and the classes.
    """
    found = {name for part in names.values() for name in part}
    classes = sorted(found, key=_magnitude if all(name.isascii() and name.isdecimal() for name in found) else None)
    label_of = {name: label for label, name in enumerate(classes)}
    targets = {part: torch.tensor([label_of[name] for name in each]) for part, each in names.items()}
    return targets, tuple(classes)


def _magnitude(number: str) -> tuple[int, str, str]:
    digits = number.lstrip("0")
    return len(digits), digits, number
