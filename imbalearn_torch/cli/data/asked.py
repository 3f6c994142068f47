"""What both commands on data take: DATA, the imbalance profile and its seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.asked_help import print_asked_help
from imbalearn_torch.cli.config_options import once, plugin_options
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.registry import registry

__all__ = ["data_options", "resolved_data"]

_OPTIONS = (
    click.argument("data", metavar="DATA"),
    click.option(
        "--imbalance",
        multiple=True,
        callback=once,
        metavar="NAME[:key=value,...]",
        help="Imbalance profile of the training part.  [default: the data set's own]",
    ),
    click.option(
        "--subset-seed",
        multiple=True,
        callback=once,
        metavar="VALUE",
        help="Seed of the profile's choice.  [default: 0]",
    ),
    plugin_options,
    click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout."),
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument and the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def resolved_data(
    given: Mapping[str, str | None], plugin_files: tuple[str, ...], no_plugins: bool
) -> tuple[ResolvedRun, dict[str, str]] | None:
    """The data set and the profile, looked up without torch; None where `NAME:help` asked for options.

    Args:
        given: Fields of `RunConfig`; None: not given.
        plugin_files: As `--plugin` has them.
        no_plugins: Load no installed one.

    Returns:
        The resolved configuration, and what was given.

    Raises:
        ConfigError: All problems.
    """
    known = registry(map(Path, plugin_files), plugins=not no_plugins)
    values = {name: value for name, value in given.items() if value is not None}
    if print_asked_help(values, known):
        return None
    return check_config(values, known), values
