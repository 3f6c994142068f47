"""Which classes are taken for which: for matrices that are too large to be looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_CLASSES", "Confusion", "main_confusions", "top_confusions"]

MOST_CLASSES = 40  # that a matrix is drawn for


class Confusion(NamedTuple):
    """Images of one class that were taken for another one.

    Args:
        true: Their class.
        predicted: What they were taken for.
        images: How many.
        share: Of the test images of their class.
    """

    true: int
    predicted: int
    images: int
    share: float


def top_confusions(confusion: NDArray[np.int64], number: int = 25) -> list[Confusion]:
    """The most frequent ones, of equal ones those of smaller classes first.

    Args:
        confusion: `[K, K]`, rows true.
        number: How many at most.
    """
    mistakes = _mistakes(confusion)
    true, predicted = mistakes.nonzero()
    images, support = mistakes[true, predicted], confusion.sum(axis=1)[true]
    order = np.lexsort((predicted, true, support, -images))[:number]
    return [
        Confusion(int(true[each]), int(predicted[each]), int(images[each]), float(images[each] / support[each]))
        for each in order
    ]


def main_confusions(confusion: NDArray[np.int64]) -> list[Confusion | None]:
    """For each class what its images are taken for most often, the first of equal ones; None: nothing else.

    Args:
        confusion: `[K, K]`, rows true.
    """
    mistakes, support = _mistakes(confusion), confusion.sum(axis=1)
    found: list[Confusion | None] = []
    for label, row in enumerate(mistakes):
        other = int(row.argmax())
        images = int(row[other])
        found.append(Confusion(label, other, images, images / int(support[label])) if images else None)
    return found


def _mistakes(confusion: NDArray[np.int64]) -> NDArray[np.int64]:
    mistakes = confusion.copy()
    np.fill_diagonal(mistakes, 0)
    return mistakes
