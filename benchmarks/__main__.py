"""`python -m benchmarks [NAME...] [--quick] [--json OUT]`: measure, print, and write `benchmarks/results/NAME.json`."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import click

from benchmarks.harness import header, lacking, runs_read, save
from benchmarks.names import NAMES, QUICK
from benchmarks.tables import rows_of, write

_OURS = ("benchmarks", "imbalearn_builtins", "imbalearn_torch")


def _writable(_context: click.Context, _option: click.Parameter, out: Path | None) -> Path | None:
    """Asked before hours are spent on what is to be written."""
    if out is not None and not (out.parent.is_dir() and os.access(out if out.exists() else out.parent, os.W_OK)):
        raise click.BadParameter(f"{out} cannot be written")
    return out


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
@click.option("--quick", is_flag=True, help="Fewer repetitions; nothing is written to benchmarks/results.")
@click.option(
    "--json",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_writable,
    help="Also write all measurements to this file.",
)
@click.option("--check", is_flag=True, help="Fail where a figure of `guard` is worse than the committed one.")
@click.option("--table", is_flag=True, help="Write the tables of the READMEs from the committed results, and stop.")
def main(names: tuple[str, ...], quick: bool, out: Path | None, check: bool, table: bool) -> None:
    """Measure NAMES, or everything; with --quick alone what is cheap, as ratios, and `guard` is checked."""
    if table:
        for file in write():
            click.echo(f"written: {file}")
        return
    brief = quick and not names
    if check and not brief and "guard" not in names:
        raise click.UsageError("--check compares the figures of `guard`: python -m benchmarks guard --check")
    everything: dict[str, Any] = {}
    for name in names or (QUICK if quick else NAMES):
        click.echo(f"== {name}", err=brief)
        try:
            found = _measured(name, quick)
        except SystemExit as missing:  # a peer that is not installed
            if not brief:
                raise
            click.echo(f"{name}: {missing}", err=True)
            continue
        measured = everything[name] = {"command": f"python -m benchmarks {name}", **header(), **found}
        if runs := runs_read():
            measured["runs"] = runs
        if not brief:
            click.echo(json.dumps(measured, indent=1))
        if not quick and not check:
            save(name, measured)
    if out is not None:
        out.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    if brief:
        _print_ratios(everything)
    if (brief or check) and "guard" in everything:
        _check(everything["guard"])


def _measured(name: str, quick: bool) -> dict[str, Any]:
    try:
        return importlib.import_module(f"benchmarks.{name}").measure(quick)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in _OURS:
            raise
        raise lacking(package) from None


def _print_ratios(everything: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table("measurement", "figure", "measured", "lowest to highest", "mark", "")
    for name, measured in everything.items():
        for row in rows_of(name, measured):
            shown.add_row(name, row.what, row.figure, row.spread, row.mark, "ok" if row.met else "missed")
    Console(width=120).print(shown)


def _check(measured: dict[str, Any]) -> None:
    from benchmarks.guard import check

    sentences = check(measured)
    if sentences is None:
        click.echo(f"guard: not compared, since what is committed is of another torch than {measured['torch']}")
        return
    for sentence in sentences:
        click.echo(f"guard: worse: {sentence}", err=True)
    if sentences:
        raise SystemExit(1)
    click.echo("guard: no figure is worse")


if __name__ == "__main__":
    main()
