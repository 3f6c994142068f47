"""Options with a fixed set of values, also where research code gives them past the option strings."""

from __future__ import annotations

from imbalearn_torch import errors

__all__ = ["check_choice"]


def check_choice(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a value that is none of `known`.

    Raises:
        OptionError: It is none of them.
    """
    if value not in known:
        raise errors.OptionError(f"Expected `{name}` to be one of {', '.join(known)}, but got {value!r}")
