"""What `NAME:help` prints: a component's options, read from its source, so that nothing heavy is imported."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from imbalearn_torch.plugin.options import Option, Signature, format_options
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.plugin.source import find_definition
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

__all__ = ["component_help", "table_help"]

_FLAGS = {"dataset": "--data", "adjuster": "--adjust"}  # every other kind is its own flag
_ENTRY = re.compile(r"(?P<indent> *)(?P<name>\w+)(?: \([^)]*\))?: *(?P<text>.*)")


def component_help(kind: str, name: str, registry: Registry) -> str:
    """The help of one component: name, summary, reference, options, an example.

    Args:
        kind: One of `KINDS`.
        name: Short or full.
        registry: Where to look.

    Raises:
        UnknownComponentError: No such component.
        ComponentError: Its options cannot be read.
    """
    entry = registry.find(kind, name)
    called = entry.full_name if "/" in name else entry.name
    origin = f"{entry.distribution} {entry.version}".strip()
    title = f"{kind} {called} ({origin})"
    return _render(title, entry.component, entry.signature(), f"{_FLAGS.get(kind, f'--{kind}')} {called}")


def table_help(table: Table, name: str) -> str:
    """The help of one row of a closed table: an augmentation, optimiser, schedule or imbalance profile.

    Raises:
        UnknownComponentError: No such row.
    """
    component = table.find(name)
    return _render(f"{table.label} {component.name}", component, table.signature(component), component.name)


def _render(title: str, component: Component, signature: Signature, example: str) -> str:
    lines = [title]
    lines += [f"  {line}" for line in (component.summary, component.reference) if line]
    if component.aliases:
        lines.append(f"  also called: {', '.join(component.aliases)}")
    if component.deprecated is not None:
        lines.append(f"  deprecated: use {component.deprecated}")
    if component.neutral:
        lines.append(f"  does nothing with: {component.neutral}")
    lines += ["", *_option_lines(signature.options, argument_docs(component.factory))]
    lines += ["", f"example: {example}{_example(signature.options)}"]
    return "\n".join(lines)


def _option_lines(options: tuple[Option, ...], docs: dict[str, str]) -> list[str]:
    if not options:
        return ["no options"]
    rows = [(option.name, option.annotation, option.describe_default()) for option in options]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["options:"]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"  {'  '.join(cells)}".rstrip())
        lines += textwrap.wrap(docs.get(row[0], ""), 100, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return lines


def _example(options: tuple[Option, ...]) -> str:
    required = [f"{option.name}={option.name.upper()}" for option in options if option.required]
    if required:
        return ":" + ",".join(required)
    shown = options[:1]
    return ":" + format_options(shown, {option.name: option.default for option in shown}) if shown else ""


def argument_docs(factory: str | Callable[..., Any]) -> dict[str, str]:
    """Each argument and what the docstring's `Args:` says of it, on one line; empty where no docstring is found."""
    text = inspect.getdoc(factory) if callable(factory) else _docstring_in_source(factory)
    lines = (text or "").expandtabs().splitlines()
    starts = [position for position, line in enumerate(lines) if line.strip() in {"Args:", "Arguments:"}]
    found: dict[str, str] = {}
    indent, current = None, ""
    for line in lines[starts[0] + 1 :] if starts else ():
        entry = _ENTRY.fullmatch(line)
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth == 0:
            break
        if entry and (indent is None or depth == indent):
            indent, current = depth, entry["name"]
            found[current] = entry["text"].strip()
        elif current and line.strip():
            found[current] = f"{found[current]} {line.strip()}".strip()
    return found


def _docstring_in_source(factory: str) -> str | None:
    definition = find_definition(factory)
    return ast.get_docstring(definition) if definition is not None else None
