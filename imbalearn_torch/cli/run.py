"""`imbalearn run`: one training run."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.asked_help import print_asked_help
from imbalearn_torch.cli.config_options import complete_recipe, config_options, config_values, once, plugin_options
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.training.runtime import Runtime

__all__ = ["command"]


@click.command("run")
@config_options
@click.option(
    "--recipe",
    metavar="NAME",
    multiple=True,
    callback=once,
    shell_complete=complete_recipe,
    help="A published setting (`imbalearn recipes list`) or a recipe's TOML file; options given beside it win.",
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    multiple=True,
    callback=once,
    help="A saved config.toml; options given beside it win.",
)
@click.option("--out", metavar="DIR", help="The run folder.  [default: runs/DATE-NAME]")
@plugin_options
@click.option("--dry-run", is_flag=True, help="Print configuration, counts, prior and warnings; train nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("--quiet", is_flag=True, help="No progress and no table.")
def command(  # noqa: PLR0917 - click passes by name
    recipe: str | None,
    config_file: str | None,
    out: str | None,
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train one model and write a run folder with its figures.

    A component is spelled NAME[:key=value,...], such as --loss focal:gamma=2; `--loss focal:help` prints its options.
    """
    known = registry(map(Path, plugin_files), plugins=not no_plugins)
    if print_asked_help(given, known):
        return
    resolved = check_config(config_values(given, config_file, recipe), known)
    main = Runtime.of_process().is_main  # of torchrun's processes one talks
    if dry_run and main:
        from imbalearn_torch.experiments.session import open_session

        with contextlib.redirect_stdout(sys.stderr):  # whatever a component prints
            described = open_session(resolved, known).describe()
        if as_json:
            click.echo(json.dumps(described, ensure_ascii=False, allow_nan=False, indent=1))
        else:
            from imbalearn_torch.cli.describe import print_description

            print_description(described)
    if dry_run:
        return
    from imbalearn_torch.cli.progress import finished, watcher
    from imbalearn_torch.experiments.run import start

    with watcher(quiet or not main) as observer:
        done = start(resolved, known, Path(out) if out else None, observer)
    if main:
        finished(done, as_json=as_json, quiet=quiet)
