"""What `NAME:help` prints: a component's options, read from its source, so that nothing heavy is imported."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import textwrap
from collections.abc import Callable
from typing import Any

from imbalearn_torch.errors import ComponentError, UnknownComponentError
from imbalearn_torch.plugin.options import Option, format_options
from imbalearn_torch.plugin.registry import Entry, Registry
from imbalearn_torch.plugin.signature import import_factory
from imbalearn_torch.plugin.source import binding, find_lineage
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

__all__ = [
    "argument_docs",
    "called_name",
    "command_flag",
    "component_help",
    "example_spec",
    "heading",
    "one_line",
    "option_lines",
    "shown",
    "table_help",
    "title_of",
]

_FLAGS = {"dataset": "--data", "adjuster": "--adjust"}  # every other kind is its own flag
_ENTRY = re.compile(r"(?P<indent> *)(?P<name>\w+)(?: \([^)]*\))?: *(?P<text>.*)")


def shown(text: str) -> str:
    """A stranger's text for a terminal: what is not printable, escape sequences above all, is spelled out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def one_line(text: str) -> str:
    """The same on one line, whatever line breaks it has."""
    return shown(" ".join(text.split()))


def command_flag(kind: str) -> str:
    """The option of `imbalearn run` that takes components of a kind: `--loss`."""
    return _FLAGS.get(kind, f"--{kind}")


def called_name(entry: Entry, typed: str, registry: Registry) -> str:
    """The name by which a component that was found as `typed` can be asked for: short where that means it."""
    if "/" in typed:
        return entry.full_name
    try:
        return entry.name if registry.find(entry.kind, entry.name) == entry else entry.full_name
    except UnknownComponentError:  # found by an alias, and its name is claimed by several
        return entry.full_name


def title_of(entry: Entry, called: str) -> str:
    """Kind, name and origin."""
    return f"{entry.kind} {called} ({one_line(f'{entry.distribution} {entry.version}')})"


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
    called = called_name(entry, name, registry)
    options = entry.signature().options
    example = f"{command_flag(kind)} {example_spec(called, options)}"
    return _render(heading(title_of(entry, called), entry.component), entry.component, options, example)


def table_help(table: Table, name: str) -> str:
    """The help of one row of a closed table: an augmentation, optimiser, schedule or imbalance profile.

    Raises:
        UnknownComponentError: No such row.
    """
    component = table.find(name)
    options = table.signature(component).options
    lines = heading(f"{table.label} {component.name}", component)
    return _render(lines, component, options, example_spec(component.name, options))


def _render(lines: list[str], component: Component, options: tuple[Option, ...], example: str) -> str:
    return "\n".join([*lines, "", *option_lines(options, component.factory), "", f"example: {example}"])


def heading(title: str, component: Component) -> list[str]:
    """The title and what the record says beside name and factory."""
    lines = [title]
    lines += [f"  {one_line(text)}" for text in (component.summary, component.reference) if text]
    if component.aliases:
        lines.append(f"  also called: {', '.join(component.aliases)}")
    if component.deprecated is not None:
        lines.append(f"  deprecated: use {one_line(component.deprecated)}")
    if component.neutral:
        lines.append(f"  does nothing with: {one_line(component.neutral)}")
    return lines


def option_lines(options: tuple[Option, ...], factory: str | Callable[..., Any]) -> list[str]:
    """Each option with its type and default, and below it what the factory's docstring says of it."""
    if not options:
        return ["no options"]
    docs = argument_docs(factory)
    rows = [(option.name, option.annotation, option.describe_default()) for option in options]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["options:"]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"  {'  '.join(cells)}".rstrip())
        lines += textwrap.wrap(one_line(docs.get(row[0], "")), 100, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return lines


def example_spec(called: str, options: tuple[Option, ...]) -> str:
    """`NAME:key=value` for a shell: the required options with their names for values, else the first at its default."""
    required = [f"{option.name}={option.name.upper()}" for option in options if option.required]
    first = options[:1]
    text = ",".join(required) or format_options(first, {option.name: option.default for option in first})
    return shlex.quote(f"{called}:{text}" if text else called)


def argument_docs(factory: str | Callable[..., Any]) -> dict[str, str]:
    """Each argument and what `Args:` says of it, on one line, in the docstring of the class or of its `__init__`."""
    found: dict[str, str] = {}
    for text in _docstrings(factory):
        found = _arguments_of(text) | found
    return found


def _arguments_of(docstring: str) -> dict[str, str]:
    lines = docstring.expandtabs().splitlines()
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


def _docstrings(factory: str | Callable[..., Any]) -> list[str]:
    """From the source; where only an import could tell the signature, it is imported already, and asked."""
    lineage = find_lineage(factory) if isinstance(factory, str) else ()
    if lineage:
        makers = (binding(each.body, "__init__") if isinstance(each, ast.ClassDef) else None for each in lineage)
        both = [part for pair in zip(lineage, makers, strict=True) for part in pair if part is not None]
        return [ast.get_docstring(each) or "" for each in both]
    try:
        target = import_factory(factory)
    except ComponentError:
        return []
    makers = (target, target.__init__) if isinstance(target, type) else (target,)
    return [inspect.getdoc(each) or "" for each in makers]
