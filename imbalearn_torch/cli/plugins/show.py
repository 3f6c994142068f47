"""`imbalearn plugins show`: all that is known of one component, without running it."""

from __future__ import annotations

import difflib
import inspect
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.options_help import (
    called_name,
    command_flag,
    example_spec,
    heading,
    one_line,
    option_lines,
    shown,
    title_of,
)
from imbalearn_torch.cli.plugins.list import plugin_options
from imbalearn_torch.errors import ComponentError, OptionError, UnknownComponentError
from imbalearn_torch.plugin.bibtex import bibtex_entries
from imbalearn_torch.plugin.discovery import LOCAL
from imbalearn_torch.plugin.options import Signature
from imbalearn_torch.plugin.registry import Entry, Registry, registry
from imbalearn_torch.plugin.spec import CONTEXT_MEANING, HOOKS, KINDS, HookSpecs, canonical_name

__all__ = ["command"]

# what may stand before the colon: a kind, or the option of `imbalearn run` that takes it
_KIND_OF = {kind: kind for kind in KINDS} | {command_flag(kind).removeprefix("--"): kind for kind in KINDS}


@click.command("show")
@click.argument("component", metavar="KIND:NAME")
@plugin_options
def command(component: str, files: tuple[Path, ...], no_plugins: bool) -> None:
    """Show one component: summary, reference, factory, options, context, BibTeX and an example.

    KIND:NAME is such as loss:focal, or with a full name loss:imbalearn-torch/focal; NAME alone will do where only one
    component has it. Exits with 1 where the options of the component cannot be read.
    """
    kind, name = _parse(component)
    found = registry(files, plugins=not no_plugins)
    entry = found.find(kind, name) if kind else _only_one(found, name)
    called = called_name(entry, name, found)
    blocks = [[*heading(title_of(entry, called), entry.component), "", *_origin(entry)]]
    try:
        signature = entry.signature()
    except ComponentError as error:
        _print([*blocks, [f"options and context cannot be read: {one_line(str(error))}"], *_bibliography(entry)])
        raise click.exceptions.Exit(1) from None
    blocks += [option_lines(signature.options, entry.component.factory), _context(signature), *_bibliography(entry)]
    local = files if entry.distribution == LOCAL else ()
    loading = "".join(f"--plugin {shown(shlex.quote(str(file)))} " for file in local)
    example = f"{command_flag(entry.kind)} {example_spec(called, signature.options)}"
    _print([*blocks, [f"example: imbalearn run {loading}{example}"]])


def _parse(typed: str) -> tuple[str | None, str]:
    """The kind, or what stands in its place, None where only a name is given; and the name.

    Raises:
        OptionError: There is no name, or options follow it.
    """
    first, colon, rest = (part.strip() for part in typed.partition(":"))
    if not first:
        raise OptionError(f"Expected KIND:NAME, such as loss:focal, but got {typed!r}")
    if not colon:
        return None, first
    kind = _KIND_OF.get(canonical_name(first), first)
    name, more, _ = (part.strip() for part in rest.partition(":"))
    if kind in KINDS and not name:
        raise OptionError(_name_wanted(kind, typed))
    alone = kind not in KINDS and ("=" in rest or rest == "help")  # `focal:gamma=2`, as `run` takes it
    if alone or (kind in KINDS and more):
        plain = first if alone else f"{kind}:{name}"
        raise OptionError(f"Expected KIND:NAME without options, but got {typed!r}; write {plain}")
    return kind, name


def _name_wanted(kind: str, typed: str) -> str:
    return f"Expected {kind}:NAME, but got {typed!r}; `imbalearn plugins list --kind {kind}` prints the names"


def _only_one(found: Registry, name: str) -> Entry:
    """The component of that name, whatever its kind.

    Raises:
        UnknownComponentError: There is none, or there are several.
        OptionError: The name is that of a kind.
    """
    short = canonical_name(name)
    matches: list[Entry] = []
    for kind in KINDS:
        try:
            matches.append(found.find(kind, name))
        except UnknownComponentError:  # none of that kind, or several
            matches += [entry for entry in found.entries(kind) if short in _names(entry)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        choices = " or ".join(f"{entry.kind}:{called_name(entry, name, found)}" for entry in matches)
        raise UnknownComponentError(f"several components are named {name!r}; write {choices}")
    if short in _KIND_OF:
        raise OptionError(_name_wanted(_KIND_OF[short], name))
    faults = [one_line(f"; {plugin.status} plugin {plugin}") for plugin in found.plugins() if plugin.status != "ok"]
    hint = _nearest(found, name)
    raise UnknownComponentError(f"no component named {name!r}{hint} (see `imbalearn plugins list`){''.join(faults)}")


def _names(entry: Entry) -> tuple[str, ...]:
    return entry.name, *entry.component.aliases


def _nearest(found: Registry, name: str) -> str:
    """Up to three components of any kind with a name like this one."""
    by_name: dict[str, list[Entry]] = {}
    for entry in found.entries():
        for each in (entry.full_name,) if "/" in name else _names(entry):
            by_name.setdefault(each, []).append(entry)
    close = difflib.get_close_matches(name.lower(), by_name, n=3)
    entries = [entry for each in close for entry in by_name[each]]
    choices = dict.fromkeys(f"{entry.kind}:{called_name(entry, name, found)}" for entry in entries)
    return f"; did you mean {' or '.join(choices)}?" if choices else ""


def _origin(entry: Entry) -> list[str]:
    made = (inspect.getdoc(getattr(HookSpecs, HOOKS[entry.kind])) or "").partition(": ")[2]
    return [
        f"full name  {entry.full_name}",
        f"factory    {one_line(_factory_label(entry.component.factory))}",
        f"makes      {made.removesuffix('.')}",
    ]


def _factory_label(factory: str | Callable[..., Any]) -> str:
    if isinstance(factory, str):
        return factory
    return f"{getattr(factory, '__module__', '?')}:{getattr(factory, '__qualname__', type(factory).__name__)}"


def _context(signature: Signature) -> list[str]:
    if not signature.context:
        return ["no context"]
    width = max(map(len, signature.context))
    return [
        "context that the engine passes:",
        *(
            f"  {name.ljust(width)}  {'required' if required else 'optional'}  {CONTEXT_MEANING[name]}"
            for name, required in signature.context.items()
        ),
    ]


def _bibliography(entry: Entry) -> list[list[str]]:
    """At most one block."""
    texts = ["\n".join(map(shown, text.expandtabs().split("\n"))) for text in bibtex_entries(entry.component)]
    return [["BibTeX:", "\n\n".join(texts)]] if texts else []


def _print(blocks: list[list[str]]) -> None:
    click.echo("\n\n".join("\n".join(lines) for lines in blocks))
