"""`python -m benchmarks [NAME...] [--quick] [--json OUT]`: measure, print, and write `benchmarks/results/NAME.json`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import click

from benchmarks.harness import header, save
from benchmarks.tables import rows_of, write

NAMES = (
    "startup",
    "first_step",
    "overhead",
    "study_way",
    "study_quality",
    "speedrun",
    "speedrun_ladder",
    "quality",
    "quality_choice",
    "loop_peers",
    "memory",
    "grid",
    "sampler_speed",
    "augment_speed",
    "mix_speed",
    "loss_speed",
    "loss_peers",
    "stream",
    "guard",
    "digits_paired",
    "public_checkpoint",
    "cifar_step10",
    "defaults",
    "compatibility",
    "recipes_cifar10",
    "transfer",
)
# Cheap, and needing no more than the project itself does: under two minutes together, on two cores.
QUICK = (
    "guard",
    "startup",
    "first_step",
    "overhead",
    "study_way",
    "sampler_speed",
    "augment_speed",
    "mix_speed",
    "loss_speed",
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Fewer repetitions; nothing is written to benchmarks/results.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Also write all measurements to this file.")
@click.option("--check", is_flag=True, help="Fail where a figure of `guard` is worse than the committed one.")
@click.option("--table", is_flag=True, help="Write the tables of the READMEs from the committed results, and stop.")
def main(names: tuple[str, ...], quick: bool, out: Path | None, check: bool, table: bool) -> None:
    """Measure NAMES, or everything; with --quick alone what is cheap, as ratios, and `guard` is checked."""
    if table:
        for file in write():
            click.echo(f"written: {file}")
        return
    brief = quick and not names
    everything: dict[str, Any] = {}
    for name in names or (QUICK if quick else NAMES):
        click.echo(f"== {name}", err=brief)
        module = importlib.import_module(f"benchmarks.{name}")
        try:
            found = module.measure(quick)
        except SystemExit as missing:  # a peer that is not installed
            if not brief:
                raise
            click.echo(f"{name}: {missing}", err=True)
            continue
        measured = everything[name] = {"command": f"python -m benchmarks {name}", **header(), **found}
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
