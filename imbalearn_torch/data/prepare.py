"""From a `Dataset` record to what training needs: the images of each part, their pixels, their statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.data.memory import available_memory
from imbalearn_torch.data.rows import Rows, read_image
from imbalearn_torch.data.selection import Part, Selection, some_classes
from imbalearn_torch.data.split import stratified_split
from imbalearn_torch.data.subset import profile_subset
from imbalearn_torch.errors import DataError, UnreadableError
from imbalearn_torch.plugin.table import Choice
from imbalearn_torch.types import Dataset, Samples

__all__ = ["channel_statistics", "decode", "memory_shortage", "moments_of_images", "select"]

_TEST_FRACTION = 0.2
_TEST_SEED = 2**63  # beyond every seed of a run, so that no validation cut repeats the permutations of the test cut
_CHUNK = 1024

Statistics = tuple[tuple[float, ...], tuple[float, ...]]


def select(
    dataset: Dataset,
    *,
    imbalance: Choice,
    subset_seed: int,
    seed: int,
    val_fraction: float,
    without: Mapping[str, Tensor] | None = None,
) -> Selection:
    """Cut a test part where there is none, thin the training part, then cut validation from what is left.

    With `val_fraction` > 0 a validation part of the data set's own is used whole, and none is cut; with 0 there is no
    validation and the model trains on everything.

    Args:
        dataset: As checked by `check_dataset`.
        imbalance: A row of `PROFILES` with its options.
        subset_seed: Of the images that the profile keeps.
        seed: Of the validation cut.
        val_fraction: In [0, 1).
        without: By part, `train`, `validation` or `test`, rows that take no part, int64 `[n]`.

    Raises:
        OptionError: An option of the profile, or `val_fraction`, is out of range.
        DataError: A class has fewer images than the profile wants, a manifest is of other data, or there are too few
            images to cut a test part, or none is left in a part.
    """
    source, num_classes, left_out = dataset.train, len(dataset.classes), without or {}
    rest = Part.whole(source, left_out.get("train")).indices
    if dataset.test is None:
        kept, held = stratified_split(source.targets[rest], num_classes, _TEST_FRACTION, _TEST_SEED)
        if not held.numel():
            raise DataError(f"the data have no test part, and {rest.numel()} images are too few to cut one")
        rest, test = rest[kept], Part(source, rest[held])
    else:
        test = _own("test", dataset.test, left_out)
    available = torch.bincount(source.targets[rest], minlength=num_classes)
    subset = profile_subset(imbalance, source.targets, rest, num_classes, subset_seed)
    kept, cut = stratified_split(source.targets[subset], num_classes, val_fraction, seed)
    val = Part(source, subset[cut]) if cut.numel() else None
    train = Part(source, subset[kept])
    if val_fraction and dataset.validation is not None:
        train, val = Part(source, subset), _own("validation", dataset.validation, left_out)
    counts = train.counts(num_classes)
    warnings = _warnings(dataset.classes, available, counts, val, val_fraction)
    return Selection(train, val, test, subset, counts, warnings)


def _own(name: str, samples: Samples, left_out: Mapping[str, Tensor]) -> Part:
    part = Part.whole(samples, left_out.get(name))
    if not part.indices.numel():
        raise DataError(f"the {name} part has no image left that can be read")
    return part


def _warnings(
    classes: tuple[str, ...], available: Tensor, counts: Tensor, val: Part | None, val_fraction: float
) -> tuple[str, ...]:
    sentences = []
    lost = (available > 0) & (counts == 0)
    if bool(lost.any()):
        sentences.append(f"the imbalance profile leaves {some_classes(lost, classes)} without training images")
    if val is None and val_fraction:
        sentences.append(f"{int(counts.sum())} training images are too few to cut a validation part; there is none")
    if val is not None:
        unseen = (counts > 0) & (val.counts(len(classes)) == 0)
        if bool(unseen.any()):
            sentences.append(f"{some_classes(unseen, classes)} have no validation image; its figures leave them out")
    return tuple(sentences)


def decode(inputs: Any, indices: Tensor) -> Tensor:
    """The chosen samples as one tensor in memory.

    Args:
        inputs: uint8 `[N, C, H, W]`, float32 `[N, D]`, or a map-style object whose `[i]` gives uint8 `[C, H, W]`; one
            with the attribute `thread_safe = True` is read by two threads.
        indices: Which, int64 `[n]`.

    Returns:
        uint8 `[n, C, H, W]` or float32 `[n, D]`, contiguous.

    Raises:
        DataError: Samples that cannot be read (up to ten are named), of several shapes, or more than half of the
            memory that is left would be needed.
    """
    if isinstance(inputs, Tensor) and inputs.is_contiguous() and torch.equal(indices, torch.arange(len(inputs))):
        return inputs  # all of them, in order: no second copy
    if isinstance(inputs, Tensor):
        _require_memory(indices.numel(), tuple(inputs.shape[1:]), inputs.element_size())
        return inputs.index_select(0, indices)
    rows = indices.tolist()
    if not rows:
        raise DataError("there is no image to decode")
    first, _ = read_image(inputs, rows[0])
    shape = (0, 0, 0) if first is None else tuple(first.shape)
    _require_memory(len(rows), shape, 1)
    decoded = torch.empty((len(rows), *shape), dtype=torch.uint8)
    fill = partial(_fill, inputs, rows, decoded)
    starts = range(0, len(rows), _CHUNK)
    if getattr(inputs, "thread_safe", False):
        with ThreadPoolExecutor(2) as pool:  # PIL decodes outside the interpreter lock
            problems = [problem for found in pool.map(fill, starts) for problem in found]
    else:
        problems = [problem for start in starts for problem in fill(start)]
    if problems:
        raise UnreadableError(f"{len(problems)} of {len(rows)} images cannot be used", problems)
    return decoded


def _fill(inputs: Any, rows: list[int], decoded: Tensor, start: int) -> list[str]:
    """Decode one chunk in place; one sentence an image that cannot be used."""
    problems = []
    for position in range(start, min(start + _CHUNK, len(rows))):
        image, problem = read_image(inputs, rows[position])
        if image is None:
            problems.append(problem)
        elif image.shape == decoded.shape[1:]:
            decoded[position] = image
        elif decoded.numel():  # else the first image is unreadable, and the problem is that
            size, expected = list(image.shape), list(decoded.shape[1:])
            problems.append(f"image {rows[position]} is {size}, but image {rows[0]} is {expected}")
    return problems


def memory_shortage(count: int, shape: tuple[int, ...], value_bytes: int) -> str | None:
    """Why so many samples should not be held in memory; None: they fit in half of what is left."""
    needed, free = count * torch.Size(shape).numel() * value_bytes, available_memory()
    if free is None or needed <= free // 2:
        return None
    return (
        f"{count} samples of {'x'.join(map(str, shape))} need {needed / 2**30:.1f} GiB in memory, more than half of "
        f"the {free / 2**30:.1f} GiB left"
    )


def _require_memory(count: int, shape: tuple[int, ...], value_bytes: int) -> None:
    shortage = memory_shortage(count, shape, value_bytes)
    if shortage is not None:
        raise DataError(
            f"{shortage}; use --loader stream, or fewer or smaller images (folder and parquet take `size=`)"
        )


def channel_statistics(inputs: Tensor | Rows) -> Statistics:
    """Mean and (population) standard deviation of each channel, or of each column of a table.

    Args:
        inputs: uint8 `[N, C, H, W]`, or float32 `[N, D]`, or rows of such a tensor; N >= 1.

    Returns:
        C numbers each on the 0..1 scale, or D numbers each as they are; a deviation of 0 is given as 1.
    """
    shape = inputs.shape if isinstance(inputs, Rows) else inputs.shape[1:]
    return moments_of_images(inputs.split(_CHUNK)) if len(shape) == 3 else _moments_of_table(inputs)


def moments_of_images(chunks: Iterable[Tensor]) -> Statistics:
    """As `channel_statistics` gives them, of images that come in several tensors, uint8 `[n, C, H, W]`."""
    # 256 exact counts a channel hold all that is needed, whatever the size of the data.
    histogram = torch.zeros(0, 256, dtype=torch.int64)
    for chunk in chunks:
        counts = [torch.bincount(chunk[:, channel].flatten(), minlength=256) for channel in range(chunk.shape[1])]
        histogram = torch.stack(counts) + (histogram if histogram.numel() else 0)
    level = torch.arange(256, dtype=torch.float64) / 255
    share = histogram.double() / histogram.sum(1, keepdim=True)
    mean = share @ level
    return _numbers(mean, (share * (level - mean[:, None]).square()).sum(1))


def _moments_of_table(table: Tensor | Rows) -> Statistics:
    # A float64 sum of equal float32 numbers is exact, so a constant column has variance 0 and not a rounding error.
    mean = torch.stack([chunk.double().sum(0) for chunk in table.split(_CHUNK)]).sum(0) / len(table)
    squares = [(chunk.double() - mean).square().sum(0) for chunk in table.split(_CHUNK)]
    return _numbers(mean, torch.stack(squares).sum(0) / len(table))


def _numbers(mean: Tensor, variance: Tensor) -> Statistics:
    deviation = variance.sqrt()
    deviation[deviation == 0] = 1.0
    return tuple(mean.tolist()), tuple(deviation.tolist())
