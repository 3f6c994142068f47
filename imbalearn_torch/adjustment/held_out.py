"""What adjusters that tune on validation data would have said of validation images they had not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.adjustment.adjust import adjust
from imbalearn_torch.types import Outputs

__all__ = ["held_out_logits"]

_FOLDS = 5


def held_out_logits(
    builders: Sequence[Callable[[Tensor], Any]],
    *,
    validation: Outputs,
    train: Outputs | None,
    head: nn.Linear | None,
    class_prior: Tensor,
    seed: int,
) -> Tensor:
    """Adjusted logits of the validation images `[N, K]`, each fifth of a class by adjusters fitted on the other four.

    Thresholds tuned on a few images fit these images; compared by them, the most flexible adjuster would always win.
    Where there are too few images to leave some out, they are adjusted by what all of them were fitted on.

    Arguments as of `adjust`.
    """
    folds = _folds(validation.targets)
    made = torch.empty_like(validation.logits, dtype=torch.float32)
    for fold in folds.unique():
        inside = folds == fold
        kept, left_out = (_rows(validation, rows) for rows in (~inside, inside))
        fitted_on = kept if kept.targets.numel() else validation
        made[inside] = adjust(
            builders,
            validation=fitted_on,
            test=left_out,
            train=train,
            head=head,
            class_prior=class_prior,
            seed=seed,
        ).test.float()
    return made


def _folds(targets: Tensor) -> Tensor:
    """A number below 5 for each image, spread evenly within each class, int64 `[N]`."""
    order = targets.argsort(stable=True)
    counts = torch.bincount(targets)
    rank = torch.empty_like(targets)
    rank[order] = torch.arange(targets.numel()) - (counts.cumsum(0) - counts)[targets[order]]
    return (rank + targets) % _FOLDS  # not all classes begin with the same fold


def _rows(outputs: Outputs, rows: Tensor) -> Outputs:
    features = outputs.features[rows] if outputs.features is not None else None
    return Outputs(outputs.logits[rows], features, outputs.targets[rows])
