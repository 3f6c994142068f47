"""`NAME:help` in place of a component: print its options instead of running."""

from __future__ import annotations

from typing import Any

import click

from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.plugin.registry import Registry

__all__ = ["print_asked_help"]


def print_asked_help(given: dict[str, Any], known: Registry) -> bool:
    """Answer every `NAME:help`; whether there was one."""
    from imbalearn_torch.cli.options_help import component_help, table_help
    from imbalearn_torch.experiments.resolve import KIND_OF_FIELD, TABLE_OF_FIELD
    from imbalearn_torch.plugin.grammar import parse_spec

    texts = []
    for field, value in given.items():
        for each in value if isinstance(value, tuple) else (value,):
            if not isinstance(each, str) or not each.rstrip().endswith(":help"):
                continue
            if field in KIND_OF_FIELD:
                texts.append(component_help(KIND_OF_FIELD[field], parse_spec(each).name, known))
            elif field in TABLE_OF_FIELD:
                texts.append(table_help(TABLE_OF_FIELD[field], parse_spec(each).name))
            else:
                raise ImbalearnError(f"option {field!r} has no components, so {each!r} has no help")
    if texts:
        click.echo("\n\n".join(texts))
    return bool(texts)
