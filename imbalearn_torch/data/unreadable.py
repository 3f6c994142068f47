"""Images that cannot be read: found before anything is counted, so that they take no part in a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from imbalearn_torch.data.pictures import look_at
from imbalearn_torch.types import Dataset, Samples

__all__ = ["Skipped", "find_unreadable"]

_NAMED = 10


@dataclass(frozen=True, eq=False)
class Skipped:
    """The images of a data set that a run leaves out.

    Args:
        rows: By part, `train`, `validation` or `test`, their rows, ascending, int64 `[n]`; only parts that lose some.
        counts: How many of each class, of all parts together, int64 `[K]`.
        problems: Why, a sentence for each.
    """

    rows: Mapping[str, Tensor]
    counts: Tensor
    problems: tuple[str, ...] = ()

    @classmethod
    def none(cls, num_classes: int) -> Skipped:
        """Nothing is left out of data with so many classes."""
        return cls({}, torch.zeros(num_classes, dtype=torch.int64))

    @property
    def identity(self) -> str | None:
        """Which images they are, to be compared; None: there are none."""
        if not self.problems:
            return None
        digest = hashlib.sha256()
        for part, rows in sorted(self.rows.items()):
            digest.update(part.encode() + rows.numpy().astype("<i8").tobytes())
        return f"{len(self.problems)} images, sha256 {digest.hexdigest()}"

    def warning(self, dataset: Dataset) -> str:
        """How many are left out of which classes, ten of them by name, and the classes that lose every training image.

        Args:
            dataset: Where they are left out.
        """
        classes, counts = dataset.classes, self.counts.tolist()
        spread = ", ".join(f"{name} {count}" for name, count in zip(classes, counts, strict=True) if count)
        more = f"; and {len(self.problems) - _NAMED} more" if len(self.problems) > _NAMED else ""
        lost = self.rows.get("train", torch.empty(0, dtype=torch.int64))
        before, gone = (
            torch.bincount(labels, minlength=len(classes))
            for labels in (dataset.train.targets, dataset.train.targets[lost])
        )
        emptied = ((gone > 0) & (gone == before)).nonzero().flatten().tolist()
        names = ", ".join(repr(classes[label]) for label in emptied[:_NAMED])
        without = f"; no training image is left of {len(emptied)} of {len(classes)} classes ({names})"
        return (
            f"{len(self.problems)} images cannot be read and are left out ({spread})"
            f"{without if emptied else ''}: {'; '.join(self.problems[:_NAMED])}{more}"
        )


def find_unreadable(dataset: Dataset, workers: int) -> Skipped:
    """Decode every image of every part once, and keep none.

    Args:
        dataset: As checked by `check_dataset`; tensors need no look.
        workers: Processes that decode; 0: this one.

    Raises:
        DataError: A worker has died.
    """
    parts = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    skipped = Skipped.none(len(dataset.classes))
    rows, counts, problems = {}, skipped.counts, []
    for name, part in parts.items():
        found = {} if part is None else _problems(part, workers)
        if part is None or not found:
            continue
        rows[name] = torch.tensor(list(found), dtype=torch.int64)
        counts = counts + torch.bincount(part.targets[rows[name]], minlength=len(counts))
        problems += found.values()
    return Skipped(rows, counts, tuple(problems))


def _problems(part: Samples, workers: int) -> dict[int, str]:
    if isinstance(part.inputs, Tensor):
        return {}
    return look_at(part.inputs, torch.arange(part.targets.numel()), workers).problems
