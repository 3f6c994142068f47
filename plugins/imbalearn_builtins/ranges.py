"""The ranges of options, as losses, mixes and adjusters check them."""

from __future__ import annotations

import math

from imbalearn_torch import errors

__all__ = ["check_non_negative", "check_positive", "check_unit"]


def check_non_negative(name: str, value: float) -> float:
    """The value of the option `name` itself, if it is >= 0 and finite.

    Raises:
        OptionError: It is not.
    """
    if not 0 <= value < math.inf:
        raise errors.OptionError(f"Expected `{name}` to be >= 0 and finite, but got {value}")
    return value


def check_positive(name: str, value: float) -> float:
    """The value of the option `name` itself, if it is > 0 and finite.

    Raises:
        OptionError: It is not.
    """
    if not 0 < value < math.inf:
        raise errors.OptionError(f"Expected `{name}` to be > 0 and finite, but got {value}")
    return value


def check_unit(name: str, value: float) -> float:
    """The value of the option `name` itself, if it lies in [0, 1].

    Raises:
        OptionError: It does not.
    """
    if not 0 <= value <= 1:
        raise errors.OptionError(f"Expected `{name}` to be in [0, 1], but got {value}")
    return value
