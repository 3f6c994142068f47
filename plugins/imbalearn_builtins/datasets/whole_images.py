"""Truncated images are errors, whatever anybody has told PIL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["whole_images"]


class _Asked:
    """What PIL has been told by others, while threads of ours decode."""

    lock = threading.Lock()
    inside = 0
    truncated_too = False


@contextmanager
def whole_images() -> Iterator[None]:
    """PIL fills the rest of a truncated image with grey if a module variable says so; not within this block.

    The variable is the process's, so it is put back when the last of several threads leaves.
    """
    from PIL import ImageFile

    with _Asked.lock:
        if not _Asked.inside:
            _Asked.truncated_too = ImageFile.LOAD_TRUNCATED_IMAGES
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        _Asked.inside += 1
    try:
        yield
    finally:
        with _Asked.lock:
            _Asked.inside -= 1
            if not _Asked.inside:
                ImageFile.LOAD_TRUNCATED_IMAGES = _Asked.truncated_too
