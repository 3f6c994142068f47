"""`imbalearn data show`: how the images of a data set are spread over its classes, and what to try."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch.cli.data.asked import data_options, resolved_data

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["command"]

_BAR = 32  # columns
_ENDS = 16  # of more than twice as many classes only these first and last ones are drawn
_LOG_FROM = 20.0  # ratio from which bars have a logarithmic scale


@click.command("show")
@data_options
def command(
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    as_json: bool,
    **given: str | None,
) -> None:
    """Show how many images of each class DATA holds, how imbalanced they are, and a recipe to begin with.

    DATA is what `imbalearn run --data` takes: digits, ./flowers, parquet:path=./cifar10. One image is decoded.
    """
    asked = resolved_data(given, plugin_files, no_plugins)
    if asked is None:
        return
    from imbalearn_torch.experiments.data_parts import describe_data

    with contextlib.redirect_stdout(sys.stderr):  # whatever a component prints
        described = describe_data(*asked, plugin_files)
    if as_json:
        click.echo(json.dumps({"schema_version": 1, **described}, ensure_ascii=False, allow_nan=False, indent=1))
        return
    from rich.console import Console

    _print(Console(highlight=False), described, asked[1]["data"])


def _print(console: Console, described: dict[str, Any], name: str) -> None:
    console.print(f"{name}, imbalance {described['imbalance']}", markup=False)
    console.print(_histogram(described))
    for line in _sentences(described):
        console.print(line, markup=False)
    for warning in described["warnings"]:
        console.print(f"warning: {warning}", style="yellow", markup=False)
    advice = described["recommendation"]
    console.print(f"\nto begin with: recipe {advice['recipe']}", markup=False)
    for reason in advice["reasons"]:
        console.print(f"  - {reason}", markup=False)
    click.echo(f"  {advice['command']}")  # in one line, to be copied


def _histogram(described: dict[str, Any]) -> Table:
    """Classes from the most frequent to the rarest."""
    from rich.markup import escape
    from rich.table import Table

    from imbalearn_torch.reporting.labels import by_frequency, counted, shorten

    counts = described["counts"]
    parts = [name for name in ("train", "validation", "test") if name in counts]
    table = Table()
    table.add_column("class", no_wrap=True)
    for name in parts:
        table.add_column(name, justify="right")
    logarithmic = (described["ratio"] or 1.0) >= _LOG_FROM
    table.add_column("training images" + (", log scale" if logarithmic else ""), no_wrap=True)
    order = by_frequency(counts["train"])
    hidden = len(order) - 2 * _ENDS
    for position, label in enumerate(order):
        if hidden > 0 and _ENDS <= position < len(order) - _ENDS:
            if position == _ENDS:
                table.add_row(f"... {counted(hidden, 'class')} more", *("" for _ in parts), "")
            continue
        bar = _bar(counts["train"][label], described["largest"], logarithmic)
        numbers = [f"{counts[name][label]:,}" for name in parts]
        table.add_row(escape(shorten(described["classes"][label], 24)), *numbers, bar)
    return table


def _bar(count: int, largest: int, logarithmic: bool) -> str:
    if not count:
        return ""
    share = math.log1p(count) / math.log1p(largest) if logarithmic else count / largest
    return "█" * max(1, round(_BAR * share))


def _sentences(described: dict[str, Any]) -> list[str]:
    from imbalearn_torch.reporting.labels import counted

    shape, groups = described["shape"], described["groups"]
    size = f"{shape[1]}x{shape[2]} pixels, {counted(shape[0], 'channel')}" if len(shape) == 3 else f"{shape[0]} columns"
    parts = ", ".join(f"{name} {sum(counts):,}" for name, counts in described["counts"].items())
    cut = " (a fifth of the data, cut with a fixed seed)" if described["test_is_cut"] else ""
    ratio = "–" if described["ratio"] is None else f"{described['ratio']:.4g}"
    lines = [
        f"{parts}{cut}; {size}",
        f"ratio {ratio} (largest {described['largest']:,}, smallest {described['smallest']:,}), "
        f"Gini coefficient {described['gini']:.3f}",
        f"many (> 100 images) {len(groups['many'])}, medium {len(groups['medium'])}, few (< 20) {len(groups['few'])}",
    ]
    few = [described["classes"][label] for label in groups["few"]]
    if few:
        more = f" and {len(few) - 10} more" if len(few) > 10 else ""
        lines.append(f"few-shot classes: {', '.join(few[:10])}{more}")
    return lines
