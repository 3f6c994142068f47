"""What every method asks of its options."""

from __future__ import annotations

from typing import Any

from imbalearn_torch import errors

__all__ = ["at_least", "ratio_or_words"]


def at_least(option: str, value: int, least: int) -> int:
    """The value of an option that counts something.

    Raises:
        OptionError: It is below `least`.
    """
    if value < least:
        raise errors.OptionError(f"Expected `{option}` to be >= {least}, but got {value}")
    return value


def ratio_or_words(strategy: str | float) -> Any:
    """A strategy as imbalanced-learn spells it: words with spaces, or a ratio.

    Raises:
        OptionError: The ratio is outside (0, 1].
    """
    if isinstance(strategy, str):
        return strategy.replace("-", " ")
    if not 0 < strategy <= 1:
        raise errors.OptionError(f"Expected `strategy` to be a word or a ratio in (0, 1], but got {strategy}")
    return float(strategy)
