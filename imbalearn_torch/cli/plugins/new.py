"""`imbalearn plugins new`: a plugin package to start from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from imbalearn_torch.plugin.spec import KINDS
from imbalearn_torch.scaffold.kinds import STARTERS
from imbalearn_torch.scaffold.write import write_package

__all__ = ["command"]


@click.command("new")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the plugin offers.")
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=".",
    help="Where the folder NAME is made; default: the current folder.",
)
def command(name: str, kind: str, into: Path) -> None:
    """Write a complete plugin package that works as it is: one component, its tests, a README.

    NAME is the name of the folder, the distribution and the component, such as my-loss.
    """
    folder, files = write_package(name, kind, into)
    shown = click.format_filename(folder)
    click.echo(f"wrote {shown}")
    for file in files:
        click.echo(f"  {file}")
    place = shlex.quote(shown if folder.is_absolute() else os.path.join(".", shown))  # noqa: PTH118 - a Path drops `./`
    click.echo("next (the last needs pytest):")
    click.echo(f"  pip install {place}")
    click.echo(f"  imbalearn run {STARTERS[kind].flag} {folder.name}")
    click.echo(f"  imbalearn plugins check {folder.name}")
    click.echo(f"  pytest {place}")
