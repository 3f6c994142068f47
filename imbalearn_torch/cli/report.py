"""`imbalearn report`: the page of finished runs, made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from imbalearn_torch.errors import ConfigError

__all__ = ["command"]

_PAGE = Path("report.html")


@click.command("report")
@click.argument("folders", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--out",
    metavar="FILE",
    help="Where to.  [default: report.html in the folder of one run; here for several]",
)
@click.option("--force", is_flag=True, help="Overwrite what stands there.")
def command(folders: tuple[str, ...], out: str | None, force: bool) -> None:
    """Make the page of a finished run again, or one page that compares several.

    Neither the data nor the network is needed.
    """
    from imbalearn_torch.experiments.report import page_of_run, page_of_runs, rewrite_page

    if len(folders) == 1 and out is None:
        click.echo(rewrite_page(folders[0]))
        return
    file = Path(out) if out is not None else _PAGE
    _check(file, force)
    if len(folders) == 1:
        page = page_of_run(folders[0])
    else:
        methods = dict(zip(_names(folders), ([folder] for folder in folders), strict=True))
        page = page_of_runs(methods, name=f"{len(folders)} runs")
    _write(file, page)
    click.echo(file)


def _check(file: Path, force: bool) -> None:
    problem = None
    if file.is_dir():
        problem = f"{file} is a folder; --out expects a file"
    elif file.exists() and not force:
        problem = f"{file} exists; give another --out, or --force to overwrite it"
    elif not file.parent.is_dir():
        problem = f"there is no folder {file.parent}"
    if problem:
        raise ConfigError([problem])


def _write(file: Path, page: str) -> None:
    from imbalearn_torch.experiments.folder import storage_errors

    with storage_errors(file):
        file.write_text(page, encoding="utf-8")


def _names(folders: Sequence[str]) -> list[str]:
    """The runs' own names, or where two share one their paths.

    Raises:
        ConfigError: A run is given twice.
    """
    places = [Path(folder).resolve() for folder in folders]
    twice = [folder for folder, place in zip(folders, places, strict=True) if places.count(place) > 1]
    if twice:
        raise ConfigError([f"the run {twice[0]} is given twice"])
    names = [place.name for place in places]
    return names if len(set(names)) == len(names) else [str(folder) for folder in folders]
