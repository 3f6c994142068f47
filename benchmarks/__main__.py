"""`python -m benchmarks [NAME...] [--quick] [--json OUT]`: measure, print, and write `benchmarks/results/NAME.json`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import click

from benchmarks.harness import header, save

NAMES = (
    "startup",
    "overhead",
    "digits_paired",
    "public_checkpoint",
    "cifar_step10",
    "defaults",
    "compatibility",
    "recipes_cifar10",
    "loss_speed",
    "transfer",
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Fewer repetitions; nothing is written to benchmarks/results.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Also write all measurements to this file.")
def main(names: tuple[str, ...], quick: bool, out: Path | None) -> None:
    """Measure NAMES, or everything."""
    everything = {}
    for name in names or NAMES:
        click.echo(f"== {name}")
        module = importlib.import_module(f"benchmarks.{name}")
        measured = {"command": f"python -m benchmarks {name}", **header(), **module.measure(quick)}
        click.echo(json.dumps(measured, indent=1))
        everything[name] = measured
        if not quick:
            save(name, measured)
    if out is not None:
        out.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
