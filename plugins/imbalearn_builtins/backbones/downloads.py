"""Whether a server of published weights is within reach."""

from __future__ import annotations

__all__ = ["answers"]

_SECONDS = 5.0


def answers(url: str) -> bool:
    """Whether anything, be it an error, comes back from `url` within seconds."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(url, method="HEAD"), timeout=_SECONDS):
            return True
    except HTTPError:
        return True
    except (OSError, HTTPException):
        return False
