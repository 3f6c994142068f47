"""A stranger's exception keeps its type and its traceback, and gets a last line that says whose it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from imbalearn_torch.errors import ImbalearnError

__all__ = ["blamed_on"]


@contextlib.contextmanager
def blamed_on(role: str, component: Any) -> Iterator[None]:
    """Note at an exception that passes in which component it was raised; our own errors name theirs already.

    Args:
        role: What the component is: "the mix".
        component: Named by its class.
    """
    try:
        yield
    except ImbalearnError:
        raise
    except Exception as error:
        kind = component if isinstance(component, type) else type(component)
        error.add_note(f"This was raised in {role} {kind.__module__}.{kind.__qualname__}.")
        raise
