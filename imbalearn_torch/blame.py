"""A stranger's exception keeps its type and its traceback, and gets a last line that says whose it is."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from typing import Any

from imbalearn_torch.errors import ImbalearnError

__all__ = ["blamed_on", "name_of", "named"]

_NAMES: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def named(component: Any, name: str) -> Any:
    """The component, of which `name_of` will know the name that the user typed."""
    with contextlib.suppress(TypeError):  # a number or a tuple; an object that cannot be hashed
        _NAMES[component] = name
    return component


def name_of(component: Any) -> str:
    """The name under which a component was asked for, else its class."""
    with contextlib.suppress(TypeError):
        if component in _NAMES:
            return repr(_NAMES[component])
    return (component if isinstance(component, type) else type(component)).__name__


@contextlib.contextmanager
def blamed_on(role: str, component: Any) -> Iterator[None]:
    """Note at an exception that passes in which component it was raised; our own errors name theirs already.

    Args:
        role: What the component is: "the mix".
        component: Named as `name_of` does.
    """
    try:
        yield
    except ImbalearnError:
        raise
    except Exception as error:
        error.add_note(f"This was raised in {role} {name_of(component)}.")
        raise
