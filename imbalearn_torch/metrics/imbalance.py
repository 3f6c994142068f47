"""How uneven a distribution of classes is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["FEW", "MANY", "gini", "imbalance_figures"]

MANY, FEW = 100, 20  # training images of a class: above is `many`, below is `few`, as `score` groups them


def gini(counts: Sequence[int]) -> float | None:
    r"""The Gini coefficient of the images of each class: 0 where all have the same, (K - 1)/K where one has all.

        G = sum_ij |n_i - n_j| / (2 K sum_i n_i)

    Args:
        counts: Images of each class, `[K]`.

    Returns:
        None without any image.

    References:
        [1] C. Gini, Variabilita e mutabilita, Bologna 1912.

    >>> gini([5, 5]), gini([1, 3]), gini([0, 0, 9])
    (0.0, 0.25, 0.6666666666666666)
    """
    ascending = np.sort(np.asarray(counts, dtype=np.float64))
    classes, images = ascending.size, ascending.sum()
    if not images:
        return None
    # In ascending order n_i is the larger of i pairs and the smaller of K - 1 - i.
    return float(((2 * np.arange(classes) - classes + 1) * ascending).sum() / (classes * images))


def imbalance_figures(counts: Sequence[int]) -> dict[str, Any]:
    """What a distribution of classes is like.

    Args:
        counts: Training images of each class, `[K]`.

    Returns:
        `images`, `classes`, `largest`, `smallest` (of the classes with images), `ratio` of these, `gini`, `absent`
        (classes without an image) and `groups`: the classes of `many`, `medium` and `few`, by their number, the absent
        ones among the few.
    """
    values = [int(count) for count in counts]
    present = [count for count in values if count]
    return {
        "images": sum(values),
        "classes": len(values),
        "largest": max(present, default=0),
        "smallest": min(present, default=0),
        "ratio": max(present) / min(present) if present else None,
        "gini": gini(values),
        "absent": [label for label, count in enumerate(values) if not count],
        "groups": {
            "many": [label for label, count in enumerate(values) if count > MANY],
            "medium": [label for label, count in enumerate(values) if FEW <= count <= MANY],
            "few": [label for label, count in enumerate(values) if count < FEW],
        },
    }
