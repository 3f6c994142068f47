"""The confusion matrix, and every figure that can be read off it.

One policy for classes without test images: their precision, recall and F1 have no value, and every mean over classes
runs over the covered ones only. A covered class that is never predicted has precision and F1 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbalearn_torch.errors import DataError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ClassScores", "class_scores", "confusion_matrix", "confusion_scores", "count_pairs", "finite"]


class ClassScores(NamedTuple):
    """What a confusion matrix says of each class; NaN for a class without test images.

    Args:
        covered: bool `[K]`, whether the class has test images.
        precision: float64 `[K]`.
        recall: float64 `[K]`.
        f1: float64 `[K]`.
    """

    covered: NDArray[np.bool_]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


def confusion_matrix(targets: Tensor, predictions: Tensor, num_classes: int) -> Tensor:
    """How often each class was taken for each other.

    Args:
        targets: int64 `[N]` in 0..K-1.
        predictions: int64 `[N]` in 0..K-1.
        num_classes: K.

    Returns:
        int64 `[K, K]`, a row for each true class, a column for each predicted one.

    Raises:
        DataError: The lengths differ, or a label is outside 0..K-1.
    """
    import torch

    if targets.shape != predictions.shape or targets.dim() != 1:
        shapes = f"{list(targets.shape)} and {list(predictions.shape)}"
        raise DataError(f"Expected `targets` and `predictions` of one shape [N], but got {shapes}")
    for name, labels in (("targets", targets), ("predictions", predictions)):
        if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < num_classes:
            span = f"{int(labels.min())}..{int(labels.max())}"
            raise DataError(f"Expected `{name}` in 0..{num_classes - 1}, but got {span}")
    return torch.from_numpy(count_pairs(targets.cpu().numpy(), predictions.cpu().numpy(), num_classes))


def count_pairs(
    targets: NDArray[np.integer[Any]], predictions: NDArray[np.integer[Any]], num_classes: int
) -> NDArray[np.int64]:
    """`confusion_matrix` of arrays whose labels are known to be in range."""
    cells = targets.astype(np.int64) * num_classes + predictions
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def class_scores(confusion: Tensor) -> ClassScores:
    """Precision, recall and F1 of each class.

    Args:
        confusion: int64 `[K, K]`, rows true.
    """
    matrix = confusion.detach().cpu().numpy().astype(np.float64)
    hits, support, predicted = np.diagonal(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    covered = support > 0
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN of a class without test images
        recall = hits / support
    precision = np.where(covered, hits / np.maximum(predicted, 1), np.nan)
    f1 = np.where(covered, 2 * hits / np.maximum(support + predicted, 1), np.nan)
    return ClassScores(covered, precision, recall, f1)


def confusion_scores(confusion: Tensor) -> dict[str, float | int | None]:
    """The figures that need nothing but the confusion matrix; cheap enough for every epoch.

    Args:
        confusion: int64 `[K, K]`, rows true.

    Returns:
        `accuracy`, `balanced_accuracy`, `macro_f1`, `gmean`, `worst_class_recall`, `mcc` (None without any image) and
        `classes_covered`, the number of classes behind the means.
    """
    matrix = confusion.detach().cpu().numpy().astype(np.float64)
    scores = class_scores(confusion)
    recall, f1 = scores.recall[scores.covered], scores.f1[scores.covered]
    if not recall.size:
        names = ("accuracy", "balanced_accuracy", "macro_f1", "gmean", "worst_class_recall", "mcc")
        return {**dict.fromkeys(names), "classes_covered": 0}
    with np.errstate(divide="ignore"):  # a class that is never found makes the geometric mean exp(-inf) = 0
        gmean = np.exp(np.log(recall).mean())
    return {
        "accuracy": finite(np.trace(matrix) / matrix.sum()),
        "balanced_accuracy": finite(recall.mean()),
        "macro_f1": finite(f1.mean()),
        "gmean": finite(gmean),
        "worst_class_recall": finite(recall.min()),
        "mcc": _mcc(matrix),
        "classes_covered": int(recall.size),
    }


def finite(value: float | np.floating) -> float | None:
    """A Python float, or None where there is no finite value: strict JSON knows neither NaN nor infinity."""
    return float(value) if np.isfinite(value) else None


def _mcc(matrix: NDArray[np.float64]) -> float:
    """Matthews' correlation coefficient for K classes (Gorodkin 2004); 0 where one side is constant."""
    total, support, predicted = matrix.sum(), matrix.sum(axis=1), matrix.sum(axis=0)
    spread = (total**2 - (support**2).sum()) * (total**2 - (predicted**2).sum())
    return float((total * np.trace(matrix) - support @ predicted) / np.sqrt(spread)) if spread > 0 else 0.0
