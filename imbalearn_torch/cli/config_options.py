"""Command-line options made from the fields of `RunConfig`: one declaration, one help text, one default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.recipes import load_recipe, recipe_label, recipe_names

__all__ = [
    "complete_recipe",
    "config_options",
    "config_values",
    "grid_options",
    "once",
    "plugin_options",
    "unset_by_none",
]

_REPEATED = {"adjust"}
_RECORDED = {"recipe"}  # written by us: `--recipe` is an option of its own
# Numbers that may be left out; for the other options `none` is the name of a component.
_UNSET_BY_NONE = {
    name
    for name, field in RunConfig.model_fields.items()
    if type(None) in get_args(field.annotation) and str not in get_args(field.annotation)
}


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every field of `RunConfig`.

    All arrive as text, so that pydantic reports every problem at once.
    """
    return _options(command, lambda name: name in _REPEATED)


def grid_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same options, where each that is no switch may be repeated."""
    return _options(command, lambda name: RunConfig.model_fields[name].annotation is not bool)


def _options(command: Callable[..., Any], repeated: Callable[[str], bool]) -> Callable[..., Any]:
    for name, field in reversed(RunConfig.model_fields.items()):
        if name in _RECORDED:
            continue
        flags = f"--{name.replace('_', '-')}"
        if field.annotation is bool:
            flags = f"{flags}/--no-{name.replace('_', '-')}"
        choices = [each for each in get_args(field.annotation) if isinstance(each, str)]
        shown = "" if field.default in (None, (), "") or field.annotation is bool else f"  [default: {field.default}]"
        command = click.option(
            flags,
            name,
            default=None,
            multiple=repeated(name),
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


def once(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> str | None:
    """The callback of an option declared as repeatable only so that a second value is refused, not taken silently."""
    del context
    if len(given) > 1:
        raise ConfigError([f"{parameter.opts[0]} is given {len(given)} times ({', '.join(given)}); give one"])
    return given[0] if given else None


def config_values(given: dict[str, Any], config_file: str | None, recipe: str | None = None) -> dict[str, Any]:
    """The values of a configuration: those of the file or the recipe, and over them what the command line gives.

    `none` takes back what they say of a number, and every adjuster.

    Raises:
        ConfigError: Both are given, or one of them cannot be read.
    """
    on_top = {name: unset_by_none(name, value) for name, value in given.items() if value not in (None, ())}
    if recipe is not None and config_file is not None:
        raise ConfigError(["--recipe and --config both say what to run; give one of them, and options on top"])
    if recipe is not None:
        return load_recipe(recipe).on_top(on_top) | {"recipe": recipe_label(recipe)}
    return (config_from_toml(Path(config_file)) if config_file else {}) | on_top


def unset_by_none(name: str, value: Any) -> Any:
    """A value as given; `none` as it is meant."""
    if name in _UNSET_BY_NONE and value.strip().lower() == "none":
        return None
    return () if name == "adjust" and value == ("none",) else value


def complete_recipe(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of recipes, for the shell."""
    del context, parameter
    return [name for name in recipe_names() if name.startswith(incomplete)]
