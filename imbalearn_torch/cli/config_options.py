"""Command-line options made from the fields of `RunConfig`: one declaration, one help text, one default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from imbalearn_torch.experiments.config import RunConfig, config_from_toml

__all__ = ["config_options", "config_values", "plugin_options"]

_REPEATED = {"adjust"}


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every field of `RunConfig`.

    All arrive as text, so that pydantic reports every problem at once.
    """
    for name, field in reversed(RunConfig.model_fields.items()):
        flags = f"--{name.replace('_', '-')}"
        if field.annotation is bool:
            flags = f"{flags}/--no-{name.replace('_', '-')}"
        choices = [each for each in get_args(field.annotation) if isinstance(each, str)]
        shown = "" if field.default in (None, (), "") or field.annotation is bool else f"  [default: {field.default}]"
        command = click.option(
            flags,
            name,
            default=None,
            multiple=name in _REPEATED,
            metavar=None if field.annotation is bool else "|".join(choices) or _metavar(name),
            help=f"{field.description}{shown}",
        )(command)
    return command


def _metavar(name: str) -> str:
    spelled = {
        "data",
        "imbalance",
        "augment",
        "sampler",
        "mix",
        "loss",
        "weights",
        "backbone",
        "adjust",
        "optimizer",
        "schedule",
    }
    return "NAME[:key=value,...]" if name in spelled else "VALUE"


def plugin_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--plugin` and `--no-plugins`."""
    command = click.option("--no-plugins", is_flag=True, help="Load no installed plugin.")(command)
    return click.option(
        "--plugin", "plugin_files", multiple=True, metavar="FILE.py", help="Load a plugin from a file; may be repeated."
    )(command)


def config_values(given: dict[str, Any], config_file: str | None) -> dict[str, Any]:
    """The values of a configuration: those of the file, and over them what the command line gives."""
    values = config_from_toml(Path(config_file)) if config_file else {}
    return values | {name: value for name, value in given.items() if value not in (None, ())}
