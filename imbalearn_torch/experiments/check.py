"""From raw values to a resolved run, with every problem of every step in one error."""

from __future__ import annotations

from typing import Any

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.resolve import ResolvedRun, resolve_run
from imbalearn_torch.plugin.registry import Registry

__all__ = ["check_config"]


def check_config(values: dict[str, Any], known: Registry) -> ResolvedRun:
    """Make a configuration and resolve it, with the problems of both steps in one error.

    Raises:
        ConfigError: All of them.
    """
    problems: list[str] = []
    try:
        config = RunConfig(**values)
    except ConfigError as error:
        problems += error.problems
        sound = {
            name: value
            for name, value in values.items()
            if name in RunConfig.model_fields and not _named(name, problems)
        }
        config = RunConfig(**sound)
    try:
        resolved = resolve_run(config, known)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from None
    if problems:
        raise ConfigError(problems)
    return resolved


def _named(name: str, problems: list[str]) -> bool:
    return any(f"option {name!r}" in problem for problem in problems)
