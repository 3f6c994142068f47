"""Make components, and look at what they return before it does harm."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.blame import blamed_on, named
from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.build import Resolved
from imbalearn_torch.plugin.registry import BUILTIN

__all__ = ["built", "checked_weights", "is_builtin"]


def built(component: Any, **context: Any) -> Any:
    """The object of a resolved component; a caller's own module is copied, so that a run never trains it.

    Raises:
        ImbalearnError: Its factory refuses, or returns None.
    """
    if isinstance(component, Resolved):
        made = component.build(**context)
        if made is None:
            raise ComponentError(f"{component.entry.kind} {component.entry.label!r}: its factory returned None")
        return named(made, component.entry.label)
    return copy.deepcopy(component) if isinstance(component, nn.Module) else component


def is_builtin(component: Any, name: str) -> bool:
    """Whether it is the built-in of that name."""
    return isinstance(component, Resolved) and component.entry.full_name == f"{BUILTIN}/{name}"


def checked_weights(make: Callable[[int], Any], name: str, classes: int) -> Callable[[int], Tensor]:
    """Class weights whose every epoch is looked at before it is used.

    Args:
        make: `epoch -> [K]`, by anybody.
        name: For messages.
        classes: K.
    """

    def weights(epoch: int) -> Tensor:
        with blamed_on("the class weights", make):
            made = make(epoch)
        if not isinstance(made, Tensor) or made.shape != (classes,):
            came = f"a tensor of shape {list(made.shape)}" if isinstance(made, Tensor) else type(made).__name__
            raise ComponentError(f"Expected class weights {name!r} to give a tensor [{classes}], but got {came}")
        if not bool(((made >= 0) & made.isfinite()).all()):
            raise ComponentError(
                f"Expected class weights {name!r} to be finite and >= 0, but got {made.tolist()} in epoch {epoch + 1}"
            )
        return made

    if not callable(make):
        raise ComponentError(f"Expected class weights {name!r} to be a callable, but got {type(make).__name__}")
    with torch.no_grad():
        weights(0)
    return weights
