"""`imbalearn plugins list`: what can be named after `--loss` and its like, and where it comes from."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.options_help import one_line
from imbalearn_torch.plugin.registry import Entry, Registry, registry
from imbalearn_torch.plugin.spec import KINDS

__all__ = ["command", "plugin_options"]

_WIDEST = 120
_COLUMNS = ("kind", "name", "summary", "from")
_ALL_COLUMNS = ("kind", "name", "summary", "reference", "aliases", "from")


def plugin_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--plugin` and `--no-plugins`, as the commands about plugins have them."""
    command = click.option("--no-plugins", is_flag=True, help="Load no installed plugin.")(command)
    return click.option(
        "--plugin",
        "files",
        metavar="FILE",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Load the plugin in this Python file too.",
    )(command)


@click.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only components of this kind.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also deprecated components, references, aliases, and a line for every plugin.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout, always of everything.")
@plugin_options
def command(kind: str | None, everything: bool, as_json: bool, files: tuple[Path, ...], no_plugins: bool) -> None:
    """List every component that is not deprecated, and every plugin that failed or is blocked.

    Exits with 0 whatever is broken; IMBALEARN_PLUGIN_ERRORS=raise shows the traceback instead.
    """
    found = registry(files, plugins=not no_plugins, strict=False)
    if as_json:
        click.echo(json.dumps(_records(found, kind), indent=2))
        return
    _print(_ALL_COLUMNS if everything else _COLUMNS, _rows(found, kind, everything))
    for plugin in found.plugins():
        if everything or plugin.status != "ok":
            click.echo(one_line(f"{plugin.status}: {plugin}"))


def _records(found: Registry, kind: str | None) -> dict[str, list[dict[str, Any]]]:
    components = [
        {
            "kind": entry.kind,
            "name": entry.name,
            "full_name": entry.full_name,
            "summary": entry.component.summary,
            "reference": entry.component.reference,
            "aliases": list(entry.component.aliases),
            "distribution": entry.distribution,
            "version": entry.version,
            "ambiguous": found.ambiguous(entry),
        }
        for entry in found.entries(kind)
    ]
    origins = [
        {
            "distribution": plugin.distribution,
            "version": plugin.version,
            "status": plugin.status,
            "error": plugin.error,
        }
        for plugin in found.plugins()
    ]
    return {"components": components, "plugins": origins}


def _rows(found: Registry, kind: str | None, everything: bool) -> list[tuple[str, ...]]:
    return [
        tuple(_cut(one_line(cell)) for cell in _cells(each, name, entry, everything))
        for each in ((kind,) if kind else KINDS)
        for name, entry in zip(found.names(each), found.entries(each), strict=True)
        if everything or entry.component.deprecated is None
    ]


def _cut(cell: str) -> str:
    """At most what leaves the other rows readable; `show` has the rest."""
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…"


def _cells(kind: str, name: str, entry: Entry, everything: bool) -> tuple[str, ...]:
    component, origin = entry.component, f"{entry.distribution} {entry.version}"
    if not everything:
        return kind, name, component.summary, origin
    mark = f"(deprecated: use {component.deprecated}) " if component.deprecated is not None else ""
    return kind, name, mark + component.summary, component.reference, ", ".join(component.aliases), origin


def _in_terminal() -> bool:
    return sys.stdout.isatty()


def _print(columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """A table in a terminal; elsewhere columns of text, never cut or wrapped."""
    if _in_terminal():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))  # as Text: a summary in brackets is no markup
        Console().print(table)
        return
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
