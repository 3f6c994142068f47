"""Arrays in one .npz file."""

from __future__ import annotations

from pathlib import Path

from imbalearn_builtins.datasets.defaults import check_statistics, classes_of_labels, default_augment, labels_of_names
from imbalearn_builtins.datasets.label_text import checked_names
from imbalearn_builtins.datasets.npz_arrays import as_inputs, as_names, as_targets, read_arrays
from imbalearn_torch import Dataset, Samples, errors

__all__ = ["npz"]


def npz(*, path: Path, mean: tuple[float, ...] | None = None, std: tuple[float, ...] | None = None) -> Dataset:
    """Images or a table of numbers, with labels, by the names of their arrays.

    Inputs are called x, images, inputs, data or features, labels y, labels or targets (singular and plural, any case).
    A part stands before or after: `x_train`, `train_images`; train, test, val or validation; a name without one is the
    training part. An array `classes` may hold the names.

    Images are uint8 [N, H, W], [N, H, W, C] or [N, C, H, W]: channels are the shorter of the second and
    the last axis, the last where both are alike. Numbers [N, D] become float32. Labels are whole numbers [N] or
    [N, 1], or strings. Pickled objects are never loaded.

    Args:
        path: The file.
        mean: One number a channel on the 0..1 scale (a column of a table); None: computed on the training part.
        std: As `mean`, > 0.

    Raises:
        DataError: The file is missing or damaged, its names or shapes are not understood, or values are missing.
        OptionError: `mean` or `std` is out of range.
    """
    path = Path(path).expanduser()
    arrays, names = read_arrays(path)
    inputs = {part: as_inputs(path, part, found["inputs"]) for part, found in arrays.items()}
    raw = {part: as_targets(path, part, found["targets"]) for part, found in arrays.items()}
    textual = {part for part, labels in raw.items() if isinstance(labels, list)}
    if textual and textual != set(raw):
        raise errors.DataError(f"{path}: the labels of {', '.join(sorted(textual))} are strings, the others are not")
    if textual:
        targets, classes = labels_of_names(
            {
                part: checked_names(labels, f"{path}: the labels of {part}")
                for part, labels in raw.items()
                if isinstance(labels, list)
            }
        )
    else:
        targets = {part: labels for part, labels in raw.items() if not isinstance(labels, list)}
        classes = as_names(names) if names is not None else classes_of_labels(targets)
    shape = tuple(inputs["train"].shape[1:])
    check_statistics(mean, std, shape[0])
    parts = {part: Samples(inputs[part], targets[part]) for part in arrays}
    return Dataset(
        train=parts["train"],
        test=parts.get("test"),
        validation=parts.get("validation"),
        classes=classes,
        mean=mean,
        std=std,
        augment=default_augment(shape),
    )
