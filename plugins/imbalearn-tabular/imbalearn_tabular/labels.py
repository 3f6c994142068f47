"""From a column of classes to int64 labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from imbalearn_tabular.kinds import require_names
from imbalearn_tabular.text import MISSING_TEXT, as_texts, is_number, is_whole, some_rows, sorted_texts
from imbalearn_torch import errors

__all__ = ["encode_labels"]


def encode_labels(
    targets: dict[str, pd.Series], where: dict[str, str], max_classes: int
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Labels of every part, and the names of the classes of all parts together, sorted.

    Numbers are sorted by value, else names as text. Beside numbers, words such as "NA" are missing values; beside
    words they are a class.

    Args:
        targets: By part.
        where: What messages call each part.
        max_classes: More are refused: such a column is rarely the target.

    Returns:
        int64 `[N]` by part, and the classes.

    Raises:
        DataError: Missing values, numbers that are not whole, a single class or too many.
    """
    for part, values in targets.items():
        require_names(values, where[part])
    coded = {part: as_texts(values) for part, values in targets.items()}
    names = {text for _, texts in coded.values() for text in texts}
    words = {text for text in names if not is_number(text)}
    numeric = words < names and words <= MISSING_TEXT
    classes = sorted_texts(names - words if numeric else names)
    label_of = {name: label for label, name in enumerate(classes)}
    labels = {}
    for part, (codes, texts) in coded.items():
        name = targets[part].name
        # The last entry is what the code -1 of a missing value points to.
        found = np.array([*(label_of.get(text, -1) for text in texts), -1], dtype=np.int64)[codes]
        _require(found >= 0, where[part], f"the target {name!r} has no value")
        if numeric:
            whole = np.array([is_whole(each) for each in classes])
            _require(whole[found], where[part], f"the target {name!r} must be words or whole numbers, but is not")
        labels[part] = torch.from_numpy(found)
    who = f"{where['train']}: the target {targets['train'].name!r}"
    if len(classes) < 2:
        raise errors.DataError(f"{who} has a single class, {', '.join(classes)!r}")
    if len(classes) > max_classes:
        raise errors.DataError(
            f"{who} has {len(classes)} classes, more than max_categories={max_classes}; is it the right column?"
        )
    return labels, classes


def _require(right: np.ndarray, where: str, problem: str) -> None:
    if not right.all():
        raise errors.DataError(f"{where}: {problem} in {some_rows(~right)}")
