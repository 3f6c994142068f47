"""`imbalearn compare`: a grid of methods, each trained with several seeds, and one leaderboard."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch.cli.asked_help import print_asked_help
from imbalearn_torch.cli.config_options import complete_recipe, grid_options, plugin_options, unset_by_none
from imbalearn_torch.errors import OptionError
from imbalearn_torch.experiments.compare import Plan, plan_comparison
from imbalearn_torch.experiments.grid import Base, base_of_file, base_of_recipe, expand, or_default_methods
from imbalearn_torch.experiments.problems import Problems
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.training.launch import launch_of_process

if TYPE_CHECKING:
    from imbalearn_torch.experiments.compare import Comparison

__all__ = ["command"]

_WORDS = "imbalearn_torch.cli.compare.words"
_SEEDS = 3
_FILE_WIDTH = 110


class _Remembering(click.Command):
    """Keeps the words it was called with, so that it can say how to go on."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = list(args)
        return super().parse_args(ctx, args)


@click.command("compare", cls=_Remembering)
@grid_options
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_recipe,
    help="A published setting or a recipe's TOML file; may be repeated; options given beside it win.",
)
@click.option("--config", "configs", multiple=True, metavar="FILE", help="A saved config.toml; may be repeated.")
@click.option(
    "--seeds", metavar="N|A,B,...", help=f"Number of seeds, from 0 on, or a list.  [default: {_SEEDS}, that is 0,1,2]"
)
@click.option("--out", metavar="DIR", help="The comparison's folder; what it holds is gone on with.  [default: new]")
@click.option("--jobs", default="1", metavar="N", show_default=True, help="Runs at a time; they share the cores.")
@click.option(
    "--backend", default="loky", metavar="loky|sequential|dask|ray", show_default=True, help="Who does the runs."
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a dask or ray cluster, such as tcp://127.0.0.1:8786.")
@click.option(
    "--correction",
    type=click.Choice(["holm", "none"]),
    default="holm",
    show_default=True,
    help="Of the p-values for the number of methods.",
)
@click.option("--allow-unequal-steps", is_flag=True, help="Compare methods that take different numbers of steps.")
@plugin_options
@click.option("--dry-run", is_flag=True, help="Print methods, number of runs and steps; train nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the leaderboard as JSON on stdout.")
@click.option("--quiet", is_flag=True, help="No progress and no table.")
@click.pass_context
def command(  # noqa: PLR0917 - click passes by name
    context: click.Context,
    recipes: tuple[str, ...],
    configs: tuple[str, ...],
    seeds: str | None,
    out: str | None,
    jobs: str,
    backend: str,
    scheduler: str | None,
    correction: str,
    allow_unequal_steps: bool,
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train methods with the same seeds and the same number of steps, and compare them.

    Every option of a run may be repeated: the methods are all combinations, the last option varying fastest, on top of
    each --recipe and --config; where nothing names a method, --loss ce --loss balanced-softmax. The first method is the
    reference. The same command goes on where it stopped.
    """
    known = registry(map(Path, plugin_files), plugins=not no_plugins)
    if print_asked_help(given, known):
        return
    pool = {"jobs": jobs, "backend": backend, "scheduler": scheduler}
    plan = _plan(given, recipes, configs, seeds, pool, out, known)
    from imbalearn_torch.experiments.carry_out import carry_out, describe

    if dry_run:
        with contextlib.redirect_stdout(sys.stderr):  # whatever a component prints
            described = describe(plan, allow_unequal_steps=allow_unequal_steps)
        _print_plan(described, as_json)
        return
    from imbalearn_torch.cli.compare_progress import comparison_watcher

    with comparison_watcher(quiet) as observer:
        done = carry_out(
            plan,
            correction=correction,
            allow_unequal_steps=allow_unequal_steps,
            observer=observer,
            command=["imbalearn", "compare", *_without_out(context.meta[_WORDS])],
        )
    _print(done, as_json=as_json, quiet=quiet)
    context.exit(done.exit_code)


def _plan(  # noqa: PLR0917 - the options of the command
    given: Mapping[str, Any],
    recipes: tuple[str, ...],
    configs: tuple[str, ...],
    seeds: str | None,
    pool: dict[str, Any],
    out: str | None,
    known: Registry,
) -> Plan:
    """Everything that can be checked without torch, with all problems together."""
    problems = Problems()
    bases: list[Base | None] = [problems.attempt(lambda name=name: base_of_recipe(name)) for name in recipes]
    bases += [problems.attempt(lambda name=name: base_of_file(name)) for name in configs]
    alternatives = {
        name: [unset_by_none(name, each) for each in value] if isinstance(value, tuple) else [value]
        for name, value in given.items()
        if value not in (None, ()) and name not in {"seed", "subset_seed"}
    }
    if not (recipes or configs):
        alternatives = or_default_methods(alternatives)
    drafts = problems.attempt(lambda: expand(alternatives, [base for base in bases if base is not None]))
    single = problems.attempt(lambda: _numbers("--seed", given["seed"]))
    subsets = problems.attempt(lambda: _numbers("--subset-seed", given["subset_seed"]))
    if seeds is not None and single:
        problems.found.append("--seeds and --seed both say the seeds; give one of them")
    number = problems.attempt(lambda: _numbers("--jobs", (pool["jobs"],), least=1))
    if launch_of_process().world_size > 1:
        problems.found.append("compare starts its processes itself: give --jobs or --backend, and no torchrun")
    return plan_comparison(
        drafts or [],
        seeds=seeds if seeds is not None else single or _SEEDS,
        subset_seeds=subsets or (),
        pool={**pool, "jobs": number[0] if number else 1},
        out=Path(out) if out else None,
        known=known,
        problems=problems,
    )


def _numbers(flag: str, texts: tuple[str, ...], least: int = 0) -> tuple[int, ...]:
    for text in texts:
        if not (text.strip().isascii() and text.strip().isdigit() and int(text) >= least):
            raise OptionError(f"{flag} expects a whole number of at least {least}, got {text!r}")
    return tuple(map(int, texts))


def _without_out(words: list[str]) -> list[str]:
    kept, skip = [], False
    for word in words:
        if not skip and word != "--out" and not word.startswith("--out="):
            kept.append(word)
        skip = word == "--out" and not skip
    return kept


def _print_plan(described: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False, allow_nan=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(title=f"{described['runs']} runs, {described['steps']:,} steps to train", title_justify="left")
    for name in ("method", "seeds", "steps of a run", "finished"):
        table.add_column(name, justify="left" if name == "method" else "right", overflow="fold")
    for row in described["rows"]:
        finished = sum(state == "finished" for state in row["states"])
        table.add_row(Text(row["name"]), ", ".join(map(str, row["seeds"])), f"{row['steps']:,}", str(finished))
    console.print(table)
    for warning in described["warnings"]:
        console.print(f"warning: {warning}", style="yellow", highlight=False, markup=False)


def _print(done: Comparison, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        shown = {"folder": str(done.folder), **done.record}
        click.echo(json.dumps(shown, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        from rich.console import Console

        from imbalearn_torch.reporting.comparison import leaderboard_table

        # In a file nothing asks for short lines.
        console = Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=_FILE_WIDTH)
        console.print(leaderboard_table(done.record))
        for warning in done.warnings:
            console.print(f"warning: {warning}", style="yellow", highlight=False, markup=False)
        console.print(f"folder: {done.folder}", soft_wrap=True, markup=False, highlight=False)
