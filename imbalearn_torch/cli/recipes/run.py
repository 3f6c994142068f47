"""`imbalearn recipes run NAME`: the same as `imbalearn run --recipe NAME`, with the same options."""

from __future__ import annotations

import functools

import click

from imbalearn_torch.cli.config_options import complete_recipe
from imbalearn_torch.cli.run import command as run

__all__ = ["command"]

assert run.callback is not None

command = click.Command(
    "run",
    params=[
        click.Argument(["recipe"], metavar="NAME", shell_complete=complete_recipe),
        *(each for each in run.params if each.name not in {"recipe", "config_file"}),
    ],
    callback=functools.partial(run.callback, config_file=None),
    help="Train once with the recipe NAME, or a recipe's TOML file; options given beside it win.",
)
