"""`imbalearn report`: the page of finished runs and comparisons, made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.config_options import once
from imbalearn_torch.errors import ConfigError

__all__ = ["command"]

_PAGE = Path("report.html")


@click.command("report")
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True)
@click.option(
    "--out",
    metavar="FILE",
    multiple=True,
    callback=once,
    help="Where to.  [default: for one folder the page in it; for several report.html here]",
)
@click.option("--force", is_flag=True, help="Overwrite what stands there.")
def command(folders: tuple[str, ...], out: str | None, force: bool) -> None:
    """Make the page of a finished run or comparison again, or one page that compares several.

    Each FOLDER is that of a run, or of a comparison with all of its methods. Neither the data nor the network is
    needed.
    """
    from imbalearn_torch.experiments.report import comparison_record, rewrite_comparison, rewrite_page

    _check_distinct(folders)
    records = {folder: comparison_record(folder) for folder in folders}
    if len(folders) == 1 and out is None:
        record = records[folders[0]]
        click.echo(rewrite_page(folders[0]) if record is None else rewrite_comparison(folders[0], record))
        return
    file = Path(out) if out is not None else _PAGE
    _check(file, force)
    _write(file, _page(records))
    click.echo(file)


def _page(records: Mapping[str, Mapping[str, Any] | None]) -> str:
    """One page for all folders.

    Args:
        records: By folder, what `comparison_record` gave.
    """
    from imbalearn_torch.experiments.report import methods_of, page_of_comparison, page_of_run, page_of_runs

    if len(records) == 1:
        [(folder, record)] = records.items()
        return page_of_run(folder) if record is None else page_of_comparison(Path(folder), record)
    labels = dict(zip(records, _names(list(records)), strict=True))
    found: list[tuple[str, str, Sequence[str | Path]]] = []
    for folder, record in records.items():
        methods = {labels[folder]: [folder]} if record is None else methods_of(Path(folder), record)
        found += [(labels[folder], name, runs) for name, runs in methods.items()]
    names = [name for _, name, _ in found]
    # Methods of two comparisons may be called alike.
    several = {name if names.count(name) == 1 else f"{label}: {name}": runs for label, name, runs in found}
    return page_of_runs(several, name=f"{sum(len(runs) for runs in several.values())} runs")


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


def _check_distinct(folders: Sequence[str]) -> None:
    places = [Path(folder).resolve() for folder in folders]
    twice = [folder for folder, place in zip(folders, places, strict=True) if places.count(place) > 1]
    if twice:
        raise ConfigError([f"the folder {twice[0]} is given twice"])


def _names(folders: Sequence[str]) -> list[str]:
    """The folders' own names, or where two share one their paths."""
    names = [Path(folder).resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(folder) for folder in folders]
