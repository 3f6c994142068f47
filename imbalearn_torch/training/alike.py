"""Whether what a checkpoint holds is of the kind that a run writes there: torch itself looks at little of it."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from imbalearn_torch.errors import CheckpointError

__all__ = ["require_alike", "require_optimizer_state"]


def require_alike(where: str, saved: Any, ours: Any) -> None:
    """See that a saved value has the structure of ours: keys, lengths, shapes and types, but not the numbers.

    Args:
        where: The part of the state, for the message.
        saved: From a checkpoint.
        ours: As a run begins with it.

    Raises:
        CheckpointError: It has not.
    """
    if isinstance(ours, dict):
        if not isinstance(saved, dict) or saved.keys() != ours.keys():
            raise _unlike(where, saved, f"a dict of {_listed(ours)}")
        for name, each in ours.items():
            require_alike(f"{where}.{name}", saved[name], each)
    elif isinstance(ours, (list, tuple)):
        if not isinstance(saved, (list, tuple)) or len(saved) != len(ours):
            raise _unlike(where, saved, f"{len(ours)} values")
        for place, each in enumerate(ours):
            require_alike(f"{where}.{place}", saved[place], each)
    elif isinstance(ours, Tensor):
        if not isinstance(saved, Tensor) or (saved.shape, saved.dtype) != (ours.shape, ours.dtype):
            raise _unlike(where, saved, f"a tensor of {ours.dtype} and shape {list(ours.shape)}")
    elif _is_number(ours):
        if not _is_number(saved):
            raise _unlike(where, saved, "a number")
    elif type(saved) is not type(ours) or (isinstance(ours, str) and saved != ours):
        raise _unlike(where, saved, repr(ours))


def require_optimizer_state(optimizer: Optimizer, saved: Any) -> None:
    """See that an optimiser may take a state; what it keeps of each parameter shows when it makes a step.

    Args:
        optimizer: As a run begins with it.
        saved: From a checkpoint.

    Raises:
        CheckpointError: It may not.
    """
    ours = optimizer.state_dict()
    require_alike("optimizers", saved, {**ours, "state": saved["state"]})
    number = sum(len(group["params"]) for group in ours["param_groups"])
    for place, kept in saved["state"].items():
        if not _is_number(place) or not 0 <= place < number or not isinstance(kept, dict):
            raise _unlike(f"optimizers.state.{place}", kept, f"a dict for one of {number} parameters")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unlike(where: str, saved: Any, expected: str) -> CheckpointError:
    came = f"a tensor of {saved.dtype} and shape {list(saved.shape)}" if isinstance(saved, Tensor) else f"{saved!r:.60}"
    return CheckpointError(
        f"the state of the checkpoint does not fit this run: expected {where} to be {expected}, got {came}"
    )


def _listed(keys: dict[Any, Any]) -> str:
    return ", ".join(sorted(map(str, keys))[:8])
