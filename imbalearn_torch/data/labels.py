"""The labels of a data set, without decoding an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import ConcatDataset, Subset, TensorDataset

from imbalearn_torch.errors import DataError
from imbalearn_torch.types import Samples

__all__ = ["labels_of"]

_ATTRIBUTES = ("targets", "labels", "y", "_labels")
_PAIRS = ("samples", "_samples")
_COLUMNS = ("label", "labels", "fine_label")


def labels_of(dataset: Any) -> Tensor:
    """The label of every item of a data set, known without reading one.

    Understood are torch's Subset, ConcatDataset and TensorDataset (its last tensor), data sets with an attribute
    `targets`, `labels` or `y`, or with `samples`, a list of (path, label), such as torchvision's, Hugging Face data
    sets with a column of integer labels, and our `Samples`. A `target_transform` is applied to the labels.

    Args:
        dataset: Map-style.

    Returns:
        int64 `[N]`.

    Raises:
        DataError: The labels are not to be found this way; the data set is never iterated.

    >>> labels_of(TensorDataset(torch.zeros(3, 8), torch.tensor([0, 2, 1])))
    tensor([0, 2, 1])
    """
    if isinstance(dataset, Samples):
        labels = _integers(dataset.targets)
    elif isinstance(dataset, Subset):
        labels = labels_of(dataset.dataset)[torch.as_tensor(dataset.indices, dtype=torch.int64)]
    elif isinstance(dataset, ConcatDataset):
        labels = torch.cat([labels_of(part) for part in dataset.datasets])
    elif isinstance(dataset, TensorDataset):
        labels = _integers(dataset.tensors[-1])
    elif hasattr(dataset, "features") and hasattr(dataset, "column_names") and hasattr(dataset, "with_format"):
        labels = _column(dataset)
    else:
        labels = _attribute(dataset)
    if labels is None:
        raise DataError(
            "Expected a data set whose labels are known without reading its items: a Subset, ConcatDataset or "
            f"TensorDataset, one with an attribute {_listed(_ATTRIBUTES[:3])} (one integer an item) or `samples` "
            f"(pairs of path and label), a Hugging Face data set with a column {_listed(_COLUMNS)} of integers; "
            f"but got {type(dataset).__name__}{_seen(dataset)}"
        )
    return labels


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _seen(dataset: Any) -> str:
    """Which of the places looked at exist, though none holds labels."""
    if hasattr(dataset, "column_names"):
        return f" with {dataset.column_names}"
    seen = [f"`{name}`" for name in (*_ATTRIBUTES, *_PAIRS) if hasattr(dataset, name)]
    return f", whose {' and '.join(seen)} is not one integer an item" if seen else ""


def _integers(values: Any) -> Tensor | None:
    """As int64 `[N]`, or None where they are no integers, or not one an item."""
    try:
        labels = torch.as_tensor(values if isinstance(values, Tensor) else np.asarray(values))
    except (TypeError, ValueError, RuntimeError):
        return None
    if labels.dim() != 1 or labels.is_floating_point() or labels.is_complex():
        return None
    return labels.detach().to(device="cpu", dtype=torch.int64)


def _attribute(dataset: Any) -> Tensor | None:
    try:
        length = len(dataset)
    except TypeError:
        return None
    for name in (*_ATTRIBUTES, *_PAIRS):
        values = getattr(dataset, name, None)
        if name in _PAIRS and isinstance(values, (list, tuple)):
            pairs = all(isinstance(pair, tuple) and len(pair) == 2 for pair in values)
            values = [label for _, label in values] if pairs else None
        labels = _integers(values)
        if labels is not None and labels.numel() == length:
            return _transformed(labels, getattr(dataset, "target_transform", None))
    return None


def _transformed(labels: Tensor, transform: Any) -> Tensor | None:
    if transform is None:
        return labels
    kinds, which = labels.unique(return_inverse=True)
    mapped = _integers([transform(kind) for kind in kinds.tolist()])
    return None if mapped is None else mapped[which]


def _column(dataset: Any) -> Tensor | None:
    """Of a Hugging Face data set; recognised by its attributes, for the library need not be installed."""
    names = [name for name in _COLUMNS if name in dataset.column_names]
    classes = [name for name, feature in (dataset.features or {}).items() if hasattr(feature, "str2int")]
    if not names and len(classes) == 1:
        names = classes
    # Without the person's own format or transform, which may read the images.
    return _integers(dataset.with_format(None)[names[0]][:]) if names else None
