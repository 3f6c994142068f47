"""Does an adjuster tune on validation data? One that does refuses to be fitted without any."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.adjustment.adjust import fit, needs_of
from imbalearn_torch.errors import ComponentError, ImbalearnError
from imbalearn_torch.types import Outputs

__all__ = ["fit_without_validation", "tunes"]

_FEATURES, _ROWS = 8, 2  # of the made-up training part: features, and rows of each class


def fit_without_validation(adjuster: Any, classes: int) -> None:
    """Fit an adjuster on an empty validation part, and on a made-up training part and head where it asks for these.

    Args:
        adjuster: Not to be used afterwards.
        classes: K.

    Raises:
        ImbalearnError: It refuses, as one that tunes does. What else happens to one that is shown made-up data tells
            nothing of what it does with real ones, and is ignored.
    """
    needs = needs_of(adjuster)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        head = nn.Linear(_FEATURES, classes)
        train = _outputs(head, torch.arange(classes).repeat(_ROWS))
        empty = _outputs(head, torch.zeros(0, dtype=torch.int64))
        if "features" not in needs:
            train, empty = train._replace(features=None), empty._replace(features=None)
        try:
            fit(adjuster, empty, train=train if "train" in needs else None, head=head if "head" in needs else None)
        except ComponentError:
            if not needs:
                raise


def tunes(adjuster: Any, classes: int) -> bool:
    """Whether what an adjuster does depends on validation data; arguments as of `fit_without_validation`."""
    try:
        fit_without_validation(adjuster, classes)
    except ImbalearnError:
        return True
    return False


def _outputs(head: nn.Linear, targets: Tensor) -> Outputs:
    features = torch.randn(len(targets), _FEATURES)
    with torch.no_grad():
        return Outputs(head(features), features, targets)
