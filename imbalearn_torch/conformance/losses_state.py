"""The state of a loss: where it lives, what changes it, and that it can be saved."""

from __future__ import annotations

import copy
from typing import Any

from torch import Tensor, nn

from imbalearn_torch.conformance.check import ConformanceError, Skip, require
from imbalearn_torch.conformance.devices import LeftBehind, plain_tensors
from imbalearn_torch.conformance.guards import same
from imbalearn_torch.conformance.loss_case import LossCase, close
from imbalearn_torch.conformance.subject import EPOCHS, Subject

__all__ = [
    "forward_changes_no_state",
    "set_epoch_and_set_prior_may_be_repeated",
    "state_makes_a_round_trip",
    "tensors_follow_the_module",
]


def forward_changes_no_state(subject: Subject) -> None:
    """A call changes neither the state nor what the next call gives: a mix calls `forward` twice a step."""
    case = LossCase.of(subject)
    before = _state(case.loss)
    batch, other = case.batch().differentiable(), case.batch(seed=1).differentiable()
    first = case.values(batch)
    case.values(other)
    _require_same_state(before, _state(case.loss), "forward to leave the state alone")
    again = case.values(batch)
    require(
        close(first, again, 0.0),
        f"expected the same losses from the same logits, but {first.tolist()} became {again.tolist()} after a call",
    )


def state_makes_a_round_trip(subject: Subject) -> None:
    """A fresh loss that loads the state of one that has been trained with gives the same losses."""
    used = LossCase.of(subject, epoch=EPOCHS - 1)
    batch = used.batch()
    for size in (1, 4, 16):  # whatever it counts, it has counted
        used.observe(batch.targets[:1].expand(size).clone())
        used.values(batch)
    state = _state(used.loss)
    fresh = LossCase(subject, subject.build().float(), used.prior, used.width)
    try:
        fresh.loss.load_state_dict(copy.deepcopy(state))
    except Exception as error:
        raise ConformanceError(f"expected a fresh one to load its state, but {error}") from error
    _require_same_state(state, _state(fresh.loss), "a fresh one to have the state that it loaded")
    fresh.begin(EPOCHS - 1)
    wanted, made = used.values(batch), fresh.values(batch)
    require(
        close(wanted, made, 1e-6),
        f"expected the losses {wanted.tolist()} after the state was loaded, but got {made.tolist()}: keep what "
        "`observe` learns in buffers",
    )


def tensors_follow_the_module(subject: Subject) -> None:
    """What `.to(device)` does not move, an attribute that is no buffer or parameter, never meets the logits."""
    case = LossCase.of(subject)
    plain = plain_tensors(case.loss)
    names = ", ".join(f"`{name}`" for name in plain)
    advice = f"; make buffers of {names} with register_buffer" if plain else ""
    batch = case.batch()
    left_behind = LeftBehind([each for held in plain.values() for each in held] + [case.prior])
    try:
        with left_behind:
            case.begin(0)
            made = case.values(batch)
    except ConformanceError as error:
        raise ConformanceError(f"{error}{advice}") from error
    require(
        not left_behind.holds(made), f"expected losses on the device of the logits, but they stay on the CPU{advice}"
    )


def set_epoch_and_set_prior_may_be_repeated(subject: Subject) -> None:
    """Calling `set_epoch` and `set_prior` twice for one epoch changes nothing."""
    once, twice = LossCase.of(subject), LossCase.of(subject)
    if not any(hasattr(once.loss, name) for name in ("set_epoch", "set_prior")):
        raise Skip("it has neither set_epoch nor set_prior")
    batch = once.batch()
    for epoch in range(EPOCHS):
        once.begin(epoch)
        twice.begin(epoch)
        twice.begin(epoch)
        what = f"a second set_epoch({epoch}) and set_prior"
        _require_same_state(_state(once.loss), _state(twice.loss), f"{what} to change no state")
        one, two = once.values(batch), twice.values(batch)
        require(close(one, two, 0.0), f"expected {what} to change no loss, but {one.tolist()} became {two.tolist()}")


def _state(loss: nn.Module) -> dict[str, Any]:
    return copy.deepcopy(loss.state_dict())


def _require_same_state(before: dict[str, Any], after: dict[str, Any], what: str) -> None:
    names = sorted(set(before) ^ set(after))
    names += [
        name
        for name in sorted(set(before) & set(after))
        if isinstance(before[name], Tensor) and not same(before[name], after[name])
    ]
    require(not names, f"expected {what}, but {', '.join(names)} changed")
