"""`imbalearn plugins list`: what can be named after `--loss` and its like, and where it comes from."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.plugin.spec import KINDS

__all__ = ["command"]

_COLUMNS = ("kind", "name", "summary", "from")


@click.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only components of this kind.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout.")
@click.option(
    "--plugin",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Load the plugin in this Python file too.",
)
@click.option("--no-plugins", is_flag=True, help="Load no installed plugin.")
def command(kind: str | None, as_json: bool, files: tuple[Path, ...], no_plugins: bool) -> None:
    """List every component, and every plugin that failed or is blocked.

    Exits with 0 whatever is broken; IMBALEARN_PLUGIN_ERRORS=raise shows the traceback instead.
    """
    found = registry(files, plugins=not no_plugins, strict=False)
    if as_json:
        click.echo(json.dumps(_records(found, kind), indent=2))
        return
    _print(_rows(found, kind))
    for plugin in found.plugins():
        if plugin.status != "ok":
            click.echo(f"{plugin.status}: {plugin}")


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


def _rows(found: Registry, kind: str | None) -> list[tuple[str, ...]]:
    return [
        (each, name, entry.component.summary, f"{entry.distribution} {entry.version}".strip())
        for each in ((kind,) if kind else KINDS)
        for name, entry in zip(found.names(each), found.entries(each), strict=True)
    ]


def _in_terminal() -> bool:
    return sys.stdout.isatty()


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    """A table in a terminal; elsewhere columns of text, never cut or wrapped."""
    if _in_terminal():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*_COLUMNS, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))  # as Text: a summary in brackets is no markup
        Console().print(table)
        return
    widths = [max(len(row[column]) for row in (_COLUMNS, *rows)) for column in range(len(_COLUMNS))]
    for row in (_COLUMNS, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
