"""Fitted adjusters as tensors and text, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.adjustment.adjust import Adjusted
from imbalearn_torch.errors import CheckpointError, ComponentError, ImbalearnError, OptionError
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Registry

__all__ = ["check_savable", "record_of", "restored", "state_of"]


def check_savable(adjuster: Any) -> None:
    """See that an adjuster can be saved.

    Raises:
        OptionError: It lacks `state_dict` or `load_state_dict`.
    """
    missing = [name for name in ("state_dict", "load_state_dict") if not hasattr(adjuster, name)]
    if missing:
        raise OptionError(f"adjuster {type(adjuster).__name__} cannot be saved: it has no {' and no '.join(missing)}")


def state_of(adjusters: Sequence[Any]) -> dict[str, Tensor]:
    """The tensors of fitted adjusters, each name behind the adjuster's number and a dot.

    Raises:
        ComponentError: A `state_dict` fails or holds something else than tensors.
    """
    state = {}
    for number, adjuster in enumerate(adjusters):
        who = f"`state_dict` of {type(adjuster).__name__}"
        try:
            tensors = dict(adjuster.state_dict())
        except Exception as error:
            raise ComponentError(f"{who} failed: {type(error).__name__}: {error}") from error
        for name, value in tensors.items():
            if not isinstance(value, Tensor):
                raise ComponentError(f"Expected {who} to hold tensors, but {name!r} is a {type(value).__name__}")
            state[f"{number}.{name}"] = value
    return state


def record_of(adjusted: Adjusted, spellings: Sequence[str], class_counts: Tensor) -> dict[str, Any]:
    """What beside the tensors it takes to build the adjusters again, as JSON.

    Args:
        adjusted: What they have done.
        spellings: Each one's option string, in full.
        class_counts: As they were told, int64 `[K]`.
    """
    each = zip(spellings, adjusted.priors, adjusted.chosen, strict=True)
    return {
        "class_counts": class_counts.tolist(),
        "adjusters": [
            {"config": spelling, "class_prior": prior.tolist(), "chosen": chosen} for spelling, prior, chosen in each
        ],
    }


def restored(record: Mapping[str, Any], state: Mapping[str, Tensor], within: Registry) -> tuple[Any, ...]:
    """Fitted adjusters, from what `record_of` and `state_of` gave.

    Args:
        record: Of all.
        state: Of all.
        within: Where to look them up.

    Raises:
        UnknownComponentError: One is no longer installed.
        CheckpointError: It does not take the state.
    """
    counts = torch.tensor(record["class_counts"], dtype=torch.int64)
    adjusters = []
    for number, each in enumerate(record["adjusters"]):
        prior = torch.tensor(each["class_prior"], dtype=torch.float64)
        found = resolve("adjuster", each["config"], within)
        adjuster = found.build(class_counts=counts, class_prior=prior, num_classes=counts.numel())
        own = {name.partition(".")[2]: value for name, value in state.items() if name.startswith(f"{number}.")}
        try:
            adjuster.load_state_dict(own)
        except ImbalearnError:
            raise
        except Exception as error:
            raise CheckpointError(f"adjuster {each['config']!r} does not take the saved state: {error}") from error
        adjusters.append(adjuster)
    return tuple(adjusters)
