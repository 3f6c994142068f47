"""How many samples of each class a strategy asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["growth", "reduction", "targeted"]


def growth(strategy: str | float, labels: np.ndarray) -> dict[int, int]:
    """The new samples of each class that gets some.

    Args:
        strategy: As imbalanced-learn spells it; a ratio is that of every class to the largest, of any number of
            classes, and takes nothing away from a class that is larger.
        labels: int64 `[N]`, of two classes or more.
    """
    if isinstance(strategy, str):
        new = _asked(strategy, labels, "over-sampling")
    else:
        counts = _counts(labels)
        most = max(counts.values())
        new = {label: int(most * strategy) - count for label, count in counts.items()}
    return {label: number for label, number in new.items() if number > 0}


def reduction(strategy: str | float, labels: np.ndarray) -> dict[int, int]:
    """The samples that are left of each class that is looked at; it may have no more than these.

    Args:
        strategy: As imbalanced-learn spells it; a ratio is that of the smallest class to every other, of any number of
            classes, and adds nothing to a class that is smaller.
        labels: int64 `[N]`, of two classes or more.
    """
    if isinstance(strategy, str):
        return _asked(strategy, labels, "under-sampling")
    counts = _counts(labels)
    least = min(counts.values())
    return {label: min(count, int(least / strategy)) for label, count in counts.items()}


def targeted(strategy: str | float, labels: np.ndarray) -> list[int]:
    """The classes from which a cleaning method may take samples."""
    return list(_asked(strategy, labels, "clean-sampling"))


def _asked(strategy: str | float, labels: np.ndarray, kind: str) -> dict[int, int]:
    from imblearn.utils import check_sampling_strategy

    asked: Any = check_sampling_strategy(strategy, labels, kind)
    return {int(label): int(number) for label, number in asked.items()}


def _counts(labels: np.ndarray) -> dict[int, int]:
    import numpy as np

    values, counts = np.unique(labels, return_counts=True)
    return {int(value): int(count) for value, count in zip(values, counts, strict=True)}
