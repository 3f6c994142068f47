"""Cut a part off the training data, the same share of every class."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from imbalearn_torch.data.subset import indices_by_class
from imbalearn_torch.errors import OptionError
from imbalearn_torch.streams import Stream, generator

__all__ = ["stratified_split"]


def stratified_split(
    targets: Tensor, num_classes: int, fraction: float, seed: int, stream: Stream = "split"
) -> tuple[Tensor, Tensor]:
    """Split indices in two, stratified.

    Of a class with n_c images `fraction * n_c` are held out, rounded by the method of largest remainders (ties: the
    smaller label first), so that the total is round(fraction * N). The last image of a class is never held out, so a
    class with one image stays whole; where that leaves too few images, the total is smaller.

    Args:
        targets: int64 `[N]`, in 0..K-1.
        num_classes: K.
        fraction: The share to hold out, in [0, 1).
        seed: Of the draw; each class has a stream of its own.
        stream: The named stream.

    Returns:
        (rest, held): indices into `targets`, ascending, int64; together 0..N-1.

    Raises:
        OptionError: `fraction` is out of range.

    >>> rest, held = stratified_split(torch.tensor([0] * 8 + [1] * 2), 2, 0.2, seed=0)
    >>> len(rest), len(held)
    (8, 2)
    """
    if not 0 <= fraction < 1:
        raise OptionError(f"Expected the fraction of a split to be in [0, 1), but got {fraction}")
    classes = indices_by_class(targets, num_classes)
    held = torch.zeros(targets.numel(), dtype=torch.bool)
    sizes = _held_sizes([members.numel() for members in classes], fraction)
    for label, (members, size) in enumerate(zip(classes, sizes, strict=True)):
        order = torch.randperm(members.numel(), generator=generator(seed, stream, label))
        held[members[order[:size]]] = True
    return (~held).nonzero().flatten(), held.nonzero().flatten()


def _held_sizes(counts: list[int], fraction: float) -> list[int]:
    quotas = [fraction * count for count in counts]
    capacity = [max(0, count - 1) for count in counts]
    sizes = [min(math.floor(quota), limit) for quota, limit in zip(quotas, capacity, strict=True)]
    missing = min(round(fraction * sum(counts)), sum(capacity)) - sum(sizes)
    by_remainder = sorted(range(len(counts)), key=lambda label: sizes[label] - quotas[label])
    while missing > 0:
        for label in by_remainder:
            if missing > 0 and sizes[label] < capacity[label]:
                sizes[label] += 1
                missing -= 1
    return sizes
