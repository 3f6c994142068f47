"""Warnings of components become warnings of the run."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

__all__ = ["collected_warnings"]


@contextlib.contextmanager
def collected_warnings(sentences: list[str]) -> Iterator[None]:
    """Add every `UserWarning` of the block to `sentences`; other categories are shown as ever."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield
    for each in caught:
        if each.category is UserWarning:
            sentences.append(" ".join(str(each.message).split()))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
