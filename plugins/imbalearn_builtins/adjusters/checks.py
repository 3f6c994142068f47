"""What adjusters refuse: to tune on nothing, and to work without what they need."""

from __future__ import annotations

from typing import TypeVar

from imbalearn_torch import Outputs, errors

__all__ = ["given", "require_validation"]

T = TypeVar("T")


def require_validation(val: Outputs, what: str) -> None:
    """Refuse to tune without validation images.

    Args:
        val: Outputs of the validation part.
        what: That would be tuned, for the message.

    Raises:
        OptionError: There are none.
    """
    if not val.targets.numel():
        raise errors.OptionError(
            f"Expected validation images to tune {what} on, but got none; hold some out with --val-fraction"
        )


def given(value: T | None, what: str) -> T:
    """A value that is there.

    Args:
        value: None: it is missing.
        what: For the message.

    Raises:
        OptionError: It is missing.
    """
    if value is None:
        raise errors.OptionError(f"Expected {what}, but got none")
    return value
