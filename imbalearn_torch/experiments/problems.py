"""Keep every problem, so that all are reported together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imbalearn_torch.errors import ConfigError, ImbalearnError

__all__ = ["Problems"]


class Problems:
    """Runs checks; a failed one gives None, and its sentences are kept."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def attempt(self, check: Callable[[], Any]) -> Any:
        """What `check` returns, or None where it raises one of our errors."""
        try:
            return check()
        except ImbalearnError as error:
            self.found += str(error).splitlines()
            return None

    def report(self) -> None:
        """Report what has been kept.

        Raises:
            ConfigError: Every problem so far; nothing is raised where there is none.
        """
        if self.found:
            raise ConfigError(self.found)
