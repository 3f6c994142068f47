"""Draw a long-tailed subset without replacement, class by class, and name it by a digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from imbalearn_torch.errors import DataError
from imbalearn_torch.streams import generator

if TYPE_CHECKING:
    from imbalearn_torch.plugin.table import Choice

__all__ = ["Kept", "choose_subset", "indices_by_class", "profile_subset", "subset_digest"]


@dataclass(frozen=True, eq=False)
class Kept:
    """The images that a profile keeps, where it names them itself instead of how many of each class.

    Args:
        indices: Into the data set's training part, ascending, int64 `[n]`.
    """

    indices: Tensor


def indices_by_class(targets: Tensor, num_classes: int) -> tuple[Tensor, ...]:
    """The positions of each class, ascending: K tensors int64 `[n_c]`.

    Args:
        targets: int64 `[N]`, in 0..K-1.
        num_classes: K.
    """
    sizes = torch.bincount(targets, minlength=num_classes)
    return torch.split(torch.argsort(targets, stable=True), sizes.tolist())


def choose_subset(targets: Tensor, wanted: Tensor, seed: int) -> Tensor:
    """Draw the wanted number of images of each class, without replacement.

    The draw of one class depends on the seed, the class and its own images only; and with the same seed a smaller
    count gives a subset of what a larger one gives.

    Args:
        targets: int64 `[N]`, in 0..K-1.
        wanted: Count of each class, int64 `[K]`.
        seed: The subset seed.

    Returns:
        Indices into `targets`, ascending, int64 `[n]`.

    Raises:
        DataError: A class has fewer images than wanted.

    >>> targets = torch.tensor([0, 0, 0, 1, 1])
    >>> targets[choose_subset(targets, torch.tensor([2, 1]), seed=0)].tolist()
    [0, 0, 1]
    """
    chosen = []
    for label, members in enumerate(indices_by_class(targets, wanted.numel())):
        count = int(wanted[label])
        if count > members.numel():
            raise DataError(f"class {label} has {members.numel()} images, but {count} are wanted")
        order = torch.randperm(members.numel(), generator=generator(seed, "subset", label))
        chosen.append(members[order[:count]])
    return torch.cat(chosen).sort().values


def profile_subset(profile: Choice, targets: Tensor, candidates: Tensor, num_classes: int, seed: int) -> Tensor:
    """What an imbalance profile keeps of some images.

    Args:
        profile: A row of `PROFILES` with its options.
        targets: Of the data set's whole training part, int64 `[N]`.
        candidates: Indices that may be kept, ascending, int64 `[M]`.
        num_classes: K.
        seed: The subset seed.

    Returns:
        Indices into `targets`, ascending, int64 `[n]`.

    Raises:
        OptionError: An option of the profile is out of range.
        DataError: There are too few images, or a manifest does not fit the data.
    """
    labels = targets[candidates]
    available = torch.bincount(labels, minlength=num_classes)
    wanted = profile.build(available=available, targets=targets, candidates=candidates)
    return wanted.indices if isinstance(wanted, Kept) else candidates[choose_subset(labels, wanted, seed)]


def subset_digest(indices: Tensor) -> str:
    """sha256 of the indices as little-endian int64, in hexadecimal."""
    return hashlib.sha256(indices.cpu().numpy().astype("<i8").tobytes()).hexdigest()
