"""Every figure of one predictor on one part of the data, as a dictionary that is strict JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imbalearn_torch.errors import DataError, NonFiniteError
from imbalearn_torch.metrics.calibration import expected_calibration_error, log_loss, log_softmax
from imbalearn_torch.metrics.confusion import ClassScores, class_scores, confusion_matrix, confusion_scores, finite
from imbalearn_torch.metrics.intervals import wilson
from imbalearn_torch.metrics.ranking import Ranking, class_ranking, top_k_accuracy

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["score"]


def score(logits: Tensor, targets: Tensor, *, train_counts: Tensor, many: int = 100, few: int = 20) -> dict[str, Any]:
    """All figures of a predictor; None where there is no value, never NaN.

    A class without test images has no figures, and every mean over classes runs over the covered ones only. The
    prediction is the largest logit, the first of equal ones.

    Args:
        logits: `[N, K]`.
        targets: int64 `[N]`.
        train_counts: int64 `[K]`, training images of each class.
        many: A class with more training images than this belongs to the group `many`.
        few: A class with fewer training images than this belongs to the group `few`; the rest is `medium`.

    Returns:
        The figures of `confusion_scores`; `log_loss`, `ece`, `top5` (None unless K > 5), `macro_auprc`, `macro_auroc`;
        `groups`, by training counts; `per_class`, a list of K dictionaries.

    Raises:
        DataError: The shapes do not fit together, or a target is outside 0..K-1.
        NonFiniteError: The logits of an image contain NaN or +inf.
    """
    import torch

    _check_shapes(logits, targets, train_counts)
    values = logits.detach().cpu().double().numpy()
    labels = targets.detach().cpu().long().numpy()
    counts = train_counts.detach().cpu().long().numpy()
    log_probabilities = log_softmax(values)
    if np.isnan(log_probabilities).any():
        image = int(np.isnan(log_probabilities).any(axis=1).argmax())
        raise NonFiniteError(f"Expected finite logits, but those of image {image} contain NaN or infinity")
    predictions = values.argmax(axis=1)
    confusion = confusion_matrix(torch.from_numpy(labels), torch.from_numpy(predictions), values.shape[1])
    by_class = class_scores(confusion)
    ranking = class_ranking(log_probabilities, labels)
    return {
        **confusion_scores(confusion),
        **_probability_scores(values, log_probabilities, labels, predictions),
        "macro_auprc": _mean(ranking.average_precision),
        "macro_auroc": _mean(ranking.auroc),
        "groups": _groups(by_class, counts, many, few),
        "per_class": _per_class(by_class, ranking, confusion.numpy(), counts),
    }


def _check_shapes(logits: Tensor, targets: Tensor, train_counts: Tensor) -> None:
    expected = "Expected `logits` [N, K], `targets` [N] and `train_counts` [K]"
    shapes = [list(tensor.shape) for tensor in (logits, targets, train_counts)]
    fits = logits.dim() == 2 and logits.shape[1] > 0 and shapes[1:] == [[logits.shape[0]], [logits.shape[1]]]
    if not fits:
        raise DataError(f"{expected}, but got {shapes[0]}, {shapes[1]} and {shapes[2]}")


def _probability_scores(
    logits: NDArray[np.float64],
    log_probabilities: NDArray[np.float64],
    targets: NDArray[np.int64],
    predictions: NDArray[np.int64],
) -> dict[str, float | None]:
    if not targets.size:
        return dict.fromkeys(("log_loss", "ece", "top5"))
    confidence = np.exp(log_probabilities.max(axis=1))
    return {
        "log_loss": finite(log_loss(log_probabilities, targets)),
        "ece": finite(expected_calibration_error(confidence, predictions == targets)),
        "top5": top_k_accuracy(logits, targets, 5) if logits.shape[1] > 5 else None,
    }


def _groups(by_class: ClassScores, counts: NDArray[np.int64], many: int, few: int) -> dict[str, dict[str, Any]]:
    """Many-, medium- and few-shot classes: how many there are, how many are covered, their mean recall and F1."""
    is_many, is_few = counts > many, counts < few
    members = {"many": is_many & ~is_few, "medium": ~is_many & ~is_few, "few": is_few}
    return {
        name: {
            "classes": int(inside.sum()),
            "classes_covered": int((inside & by_class.covered).sum()),
            "recall": _mean(by_class.recall[inside]),
            "f1": _mean(by_class.f1[inside]),
        }
        for name, inside in members.items()
    }


def _per_class(
    by_class: ClassScores, ranking: Ranking, confusion: NDArray[np.int64], counts: NDArray[np.int64]
) -> list[dict[str, Any]]:
    rows = []
    for label, train_count in enumerate(counts):
        test_count = int(confusion[label].sum())
        low, high = wilson(int(confusion[label, label]), test_count) or (None, None)
        rows.append(
            {
                "class": label,
                "train_count": int(train_count),
                "test_count": test_count,
                "precision": finite(by_class.precision[label]),
                "recall": finite(by_class.recall[label]),
                "f1": finite(by_class.f1[label]),
                "recall_low": low,
                "recall_high": high,
                "average_precision": finite(ranking.average_precision[label]),
            }
        )
    return rows


def _mean(values: NDArray[np.float64]) -> float | None:
    """The mean of the values that exist, None where there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None
