"""Which images a run uses, as indices: nothing here decodes one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from imbalearn_torch.types import Samples

__all__ = ["Part", "Selection", "some_classes"]


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the samples of one part of a data set.

    Args:
        source: The samples.
        indices: Which of them, ascending, int64 `[n]`.
    """

    source: Samples
    indices: Tensor

    @classmethod
    def whole(cls, source: Samples, without: Tensor | None = None) -> Part:
        """All samples of a part but those of some rows, int64 `[n]`."""
        kept = torch.ones(source.targets.numel(), dtype=torch.bool)
        if without is not None:
            kept[without] = False
        return cls(source, kept.nonzero().flatten())

    @property
    def targets(self) -> Tensor:
        """The labels, int64 `[n]`."""
        return self.source.targets[self.indices]

    def counts(self, num_classes: int) -> Tensor:
        """Images of each class, int64 `[K]`."""
        return torch.bincount(self.targets, minlength=num_classes)


@dataclass(frozen=True, eq=False)
class Selection:
    """The parts of a run.

    Args:
        train: After the imbalance profile and the validation cut.
        val: Cut from the training part, or the data set's own; None: no validation.
        test: The data set's own, or 20 % of its training part.
        subset: What the imbalance profile has kept of the data set's training part, before the validation cut;
            ascending, int64 `[n]`.
        counts: Training images of each class, int64 `[K]`.
        warnings: One sentence each.
    """

    train: Part
    val: Part | None
    test: Part
    subset: Tensor
    counts: Tensor
    warnings: tuple[str, ...]

    @property
    def train_indices(self) -> Tensor:
        """Indices into the data set's training samples, ascending, int64 `[N]`."""
        return self.train.indices


def some_classes(mask: Tensor, classes: tuple[str, ...]) -> str:
    """`2 of 10 classes ('cat', 'dog')`, at most ten by name.

    Args:
        mask: The classes meant, bool `[K]`.
        classes: Their names.
    """
    labels = mask.nonzero().flatten().tolist()
    names = ", ".join(repr(classes[label]) for label in labels[:10])
    more = f" and {len(labels) - 10} more" if len(labels) > 10 else ""
    return f"{len(labels)} of {len(classes)} classes ({names}{more})"
