"""`imbalearn adjust`: tune post-hoc methods on a finished run."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch.cli.config_options import plugin_options
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.reporting.words import MISSING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["command"]

_CAPTION = "F1: macro-F1; recall: mean over classes; val: each image as adjusted by what was tuned on others."
_NARROWEST = 80  # what the table takes
# As `metrics.score` calls them, and as the table does.
_VALIDATION = (("macro_f1", "val\nF1"), ("balanced_accuracy", "val\nrecall"))
_TEST = (
    ("macro_f1", "test\nF1"),
    ("balanced_accuracy", "test\nrecall"),
    ("worst_class_recall", "worst\nrecall"),
    ("accuracy", "accu-\nracy"),
)


@click.command("adjust")
@click.argument("folder", metavar="RUN")
@click.option(
    "--adjust",
    "adjusters",
    multiple=True,
    metavar="NAME[:key=value,...]",
    help="An adjuster to try; may be repeated.  [default: every built-in one that the run allows]",
)
@click.option("--chain", is_flag=True, help="Apply them one after the other, from left to right.")
@click.option("--save", is_flag=True, help="Keep each adjusted predictor in RUN/adjusted/NAME.")
@plugin_options
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON on stdout.")
def command(  # noqa: PLR0917 - click passes by name
    folder: str,
    adjusters: tuple[str, ...],
    chain: bool,
    save: bool,
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    as_json: bool,
) -> None:
    """Try adjusters on the finished run in RUN: tuned on its validation data, compared there and on the test data.

    Those that need only logits take the stored ones; the others compute features in one pass over the data. The run's
    own files stay as they are.
    """
    from imbalearn_torch.experiments.adjust_run import adjust_run

    known = registry(map(Path, plugin_files), plugins=not no_plugins)
    helped = [each for each in adjusters if each.rstrip().endswith(":help")]
    if helped:
        from imbalearn_torch.cli.options_help import component_help
        from imbalearn_torch.plugin.grammar import parse_spec

        click.echo("\n\n".join(component_help("adjuster", parse_spec(each).name, known) for each in helped))
        return
    with contextlib.redirect_stdout(sys.stderr):  # whatever a component prints
        done = adjust_run(folder, adjusters, chain=chain, save=save, known=known)
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False, allow_nan=False))
    else:
        _print(done)


def _print(done: Mapping[str, Any]) -> None:
    from rich.console import Console

    console = Console()
    # Lines broken by the terminal are better than columns left out: names, or figures of rare classes.
    console.width = max(console.width, _NARROWEST)
    console.print(_table(done))
    _print_notes(done, console)
    for row in done["rows"]:
        for warning in row["warnings"]:
            console.print(f"warning: {row['name']}: {warning}", style="yellow", highlight=False, markup=False)
    for each in done["skipped"]:
        console.print(f"left out: {each['name']}: {each['reason']}", highlight=False, markup=False)
    if done["best"] is None:
        console.print("no validation data, so none can be called best", highlight=False)
    else:
        console.print(f"best on validation data: {done['best']}", highlight=False, markup=False)
    for row in done["rows"]:
        if row["saved"]:
            console.print(f"saved: {row['saved']}", soft_wrap=True, highlight=False, markup=False)


def _print_notes(done: Mapping[str, Any], console: Console) -> None:
    """What was chosen, as far as a person can read it, and how many classes the validation figures stand for."""
    for row in done["rows"]:
        items = [item for chosen in row["chosen"] for item in chosen.items()]
        shown = [f"{name} {_short(value)}" for name, value in items if isinstance(value, (int, float, str))]
        if shown:
            console.print(f"chosen: {row['name']}: {', '.join(shown)}", highlight=False, markup=False)
    val = done["rows"][0]["metrics"]["val"]
    if val and val["classes_covered"] < len(val["per_class"]):
        covered = f"{val['classes_covered']} of {len(val['per_class'])} classes"
        console.print(f"val: over {covered}; the others have no validation image", highlight=False, markup=False)


def _short(value: float | str) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(done: Mapping[str, Any]) -> Table:
    """A row for each adjuster: figures of validation images it was not tuned on, then figures of the test set."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    groups = {name: group for name, group in done["rows"][0]["metrics"]["test"]["groups"].items() if group["classes"]}
    table = Table(box=box.SIMPLE, pad_edge=False, padding=0, caption=_CAPTION, caption_justify="left")
    table.add_column("per cent\n", min_width=16)
    for name in [label for _, label in (*_VALIDATION, *_TEST)] + [f"recall\n{name}" for name in groups]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in done["rows"]:
        val, test = row["metrics"]["val_held_out"], row["metrics"]["test"]
        figures = [val and val[key] for key, _ in _VALIDATION] + [test[key] for key, _ in _TEST]
        figures += [test["groups"][name]["recall"] for name in groups]
        style = "bold" if row["name"] == done["best"] else ""
        table.add_row(Text(row["name"], overflow="fold"), *map(_hundredfold, figures), style=style)
    return table


def _hundredfold(share: float | None) -> str:
    return MISSING if share is None else f"{100 * share:.1f}"
