"""`imbalearn resume`: go on with a run where it stopped."""

from __future__ import annotations

from pathlib import Path

import click

from imbalearn_torch.cli.progress import finished, watcher
from imbalearn_torch.experiments.run import resume
from imbalearn_torch.training.runtime import Runtime

__all__ = ["command"]


@click.command("resume")
@click.argument("folder", metavar="DIR")
@click.option(
    "--plugin", "plugin_files", multiple=True, metavar="FILE.py", help="The plugin files that the run was started with."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("--quiet", is_flag=True, help="No progress and no table.")
def command(folder: str, plugin_files: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Go on with the run in DIR from its last checkpoint; a finished run is left as it is."""
    main = Runtime.of_process().is_main  # of torchrun's processes one talks
    with watcher(quiet or not main) as observer:
        done = resume(folder, observer, tuple(map(Path, plugin_files)))
    if main:
        finished(done, as_json=as_json, quiet=quiet)
