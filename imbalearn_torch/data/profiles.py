"""Imbalance profiles: how many training images each class keeps, classes in index order.

`n_max` is the size of the smallest class unless given, so that no profile needs more images than there are. Every count
is rounded down, but a class that has images keeps at least one, and a class that has none wants none. `manifest`
alone names the images themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["PROFILES", "counts", "exp", "none", "pareto", "step"]

_MOST = 10**15  # below 2**53: a float holds it exactly, and int64 with room to spare


def none(*, available: Tensor) -> Tensor:
    """Every class keeps all it has.

    Args:
        available: Images of each class, int64 `[K]`.

    Returns:
        Wanted counts, int64 `[K]`.
    """
    return available.clone()


def exp(*, available: Tensor, ratio: float = 100.0, n_max: int | None = None) -> Tensor:
    """Counts that fall geometrically: n_c = int(n_max * ratio^(-c / (K - 1))).

    Args:
        available: Images of each class, int64 `[K]`.
        ratio: Of the largest to the smallest class, >= 1.
        n_max: Size of class 0, >= 1; None: the smallest class's size.

    Returns:
        Wanted counts, int64 `[K]`.

    Raises:
        OptionError: `ratio` or `n_max` is out of range.
        DataError: A class has fewer images than wanted.

    References:
        [1] Y. Cui, M. Jia, T.-Y. Lin, Y. Song, S. Belongie, Class-Balanced Loss Based on Effective Number of Samples,
        CVPR 2019, arXiv:1901.05555

    >>> import torch
    >>> exp(available=torch.full((10,), 5000), ratio=100).tolist()
    [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
    """
    largest = _largest(available, ratio, n_max)
    intervals = max(1, available.numel() - 1)
    return _wanted((largest / ratio ** (c / intervals) for c in range(available.numel())), available)


def step(*, available: Tensor, ratio: float = 10.0, head: int | float = 0.5, n_max: int | None = None) -> Tensor:
    """The first classes keep n_max images each, the others int(n_max / ratio).

    Args:
        available: Images of each class, int64 `[K]`.
        ratio: Of head to tail classes, >= 1.
        head: An int is the number of head classes, in 1..K; a float in (0, 1] their share of K, rounded down to at
            least one class.
        n_max: Size of a head class, >= 1; None: the smallest class's size.

    Returns:
        Wanted counts, int64 `[K]`.

    Raises:
        OptionError: `ratio`, `head` or `n_max` is out of range.
        DataError: A class has fewer images than wanted.

    References:
        [1] M. Buda, A. Maki, M. A. Mazurowski, A systematic study of the class imbalance problem in convolutional
        neural networks, Neural Networks 2018, arXiv:1710.05381

    >>> import torch
    >>> step(available=torch.full((4,), 500), ratio=10, head=1).tolist()
    [500, 50, 50, 50]
    """
    largest = _largest(available, ratio, n_max)
    num_classes = available.numel()
    if isinstance(head, float):
        if not 0 < head <= 1:
            raise OptionError(f"Expected `head` with a point to be a fraction in (0, 1], but got {head}")
        head = max(1, _floor(head * num_classes))
    elif not 1 <= head <= num_classes:
        raise OptionError(f"Expected `head` to be a number of classes in 1..{num_classes}, but got {head}")
    return _wanted((largest if c < head else largest / ratio for c in range(num_classes)), available)


def pareto(*, available: Tensor, ratio: float = 100.0, n_max: int | None = None) -> Tensor:
    """Counts that fall as a power of the rank, a Pareto tail: n_c = int(n_max * (c + 1)^(-a)), a = log(ratio) / log(K).

    Args:
        available: Images of each class, int64 `[K]`.
        ratio: Of the largest to the smallest class, >= 1.
        n_max: Size of class 0, >= 1; None: the smallest class's size.

    Returns:
        Wanted counts, int64 `[K]`.

    Raises:
        OptionError: `ratio` or `n_max` is out of range.
        DataError: A class has fewer images than wanted.
    """
    largest = _largest(available, ratio, n_max)
    num_classes = available.numel()
    power = math.log(ratio) / math.log(max(2, num_classes))
    return _wanted((largest / (c + 1) ** power for c in range(num_classes)), available)


def counts(*, available: Tensor, values: tuple[int, ...]) -> Tensor:
    """The given counts.

    Args:
        available: Images of each class, int64 `[K]`.
        values: One count a class, >= 0; 0 leaves a class without training images.

    Returns:
        Wanted counts, int64 `[K]`.

    Raises:
        OptionError: There are not K values, one is negative, or all are 0.
        DataError: A class has fewer images than wanted.
    """
    if len(values) != available.numel():
        raise OptionError(
            f"Expected `values` to hold one count for each of {available.numel()} classes, but got {len(values)}"
        )
    if min(values) < 0 or max(values) == 0:
        raise OptionError(f"Expected `values` to be >= 0 and not all 0, but got {list(values)}")
    if max(values) > _MOST:
        raise OptionError(f"Expected `values` to be at most {_MOST}, more than any data set has, but got {max(values)}")
    wanted = available.new_tensor(values)
    _require_available(wanted, available)
    return wanted


def _largest(available: Tensor, ratio: float, n_max: int | None) -> int:
    if not 1 <= ratio < math.inf:
        raise OptionError(f"Expected `ratio` to be >= 1, but got {ratio}")
    if n_max is None:
        present = available[available > 0]
        return int(present.min()) if present.numel() else 0
    if n_max < 1:
        raise OptionError(f"Expected `n_max` to be >= 1, but got {n_max}")
    if n_max > _MOST:
        raise OptionError(f"Expected `n_max` to be at most {_MOST}, more than any data set has, but got {n_max}")
    return n_max


def _floor(value: float) -> int:
    # 243 / 243^(2/5) is 26.999999999999996 in binary; the count meant is 27.
    return math.floor(value * (1 + 1e-12))


def _wanted(sizes: Iterable[float], available: Tensor) -> Tensor:
    wanted = available.new_tensor([max(1, _floor(size)) for size in sizes])
    wanted[available == 0] = 0
    _require_available(wanted, available)
    return wanted


def _require_available(wanted: Tensor, available: Tensor) -> None:
    lacking = (wanted > available).nonzero().flatten().tolist()
    if lacking:
        each = ", ".join(f"class {c} wants {int(wanted[c])} but has {int(available[c])}" for c in lacking[:10])
        more = f", and {len(lacking) - 10} more classes" if len(lacking) > 10 else ""
        raise DataError(f"there are too few training images: {each}{more}; give a smaller `n_max` or smaller counts")


_HOME = "imbalearn_torch.data.profiles"

PROFILES = Table(
    "imbalance",
    ("available", "targets", "candidates"),
    (
        Component(name="none", factory=f"{_HOME}:none", summary="Every class keeps all it has."),
        Component(
            name="exp",
            factory=f"{_HOME}:exp",
            summary="Counts that fall geometrically from class to class.",
            reference="Cui 2019, arXiv:1901.05555",
        ),
        Component(
            name="step",
            factory=f"{_HOME}:step",
            summary="Some head classes, all others thinned by one ratio.",
            reference="Buda 2018, arXiv:1710.05381",
        ),
        Component(name="pareto", factory=f"{_HOME}:pareto", summary="Counts that fall as a power of the rank."),
        Component(name="counts", factory=f"{_HOME}:counts", summary="The given number of images of each class."),
        Component(
            name="manifest",
            factory="imbalearn_torch.data.manifest:manifest",
            summary="Exactly the images in the subset.json of another run.",
        ),
    ),
)
