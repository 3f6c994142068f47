"""What a check is: one claim of the plugin contract, tried on one component."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import ComponentError

__all__ = ["Check", "ConformanceError", "Skip", "checks", "require"]


class ConformanceError(ComponentError):
    """A component does not keep a claim of the contract; the message says which and what came."""

    exit_code = 1


class Skip(Exception):
    """A check does not apply to a component; the message says why."""


@dataclass(frozen=True)
class Check:
    """One claim.

    Args:
        name: As it is reported, such as "same-seed-same-plan".
        summary: The claim in one line.
        run: Raises where the component does not keep it; `Skip` where the claim does not concern it.
    """

    name: str
    summary: str
    run: Callable[[Subject], None]


def checks(*functions: Callable[[Subject], None]) -> tuple[Check, ...]:
    """Checks from functions: named after them, described by the first line of their docstring."""
    return tuple(
        Check(each.__name__.replace("_", "-"), (inspect.getdoc(each) or "").partition("\n")[0], each)
        for each in functions
    )


def require(condition: bool, message: str) -> None:
    """Fail the check with a sentence unless the condition holds.

    Raises:
        ConformanceError: It does not.
    """
    if not condition:
        raise ConformanceError(message)
