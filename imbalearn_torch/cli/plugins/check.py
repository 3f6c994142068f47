"""`imbalearn plugins check`: whether plugins keep the contract, before a training depends on them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch import __version__
from imbalearn_torch.cli.options_help import one_line
from imbalearn_torch.errors import ConfigError
from imbalearn_torch.plugin.discovery import LOCAL, find_entry_points, normalise_distribution, version_of
from imbalearn_torch.plugin.options import nearest
from imbalearn_torch.plugin.registry import BLOCKED, BUILTIN, Registry, allowed_distributions
from imbalearn_torch.plugin.spec import PROJECT

if TYPE_CHECKING:
    from imbalearn_torch.conformance.probe import Probe, Target
    from imbalearn_torch.conformance.report import Finding

__all__ = ["command"]

_NONE = f"no plugin is installed; `imbalearn plugins check {BUILTIN}` checks the built-ins"
_BUILTIN_HOOKS = EntryPoint("builtins", "imbalearn_builtins.hooks", PROJECT)
_LISTS = {"failed": "failures", "warning": "warnings", "skipped": "skipped"}


@click.command("check")
@click.argument("names", metavar="[DIST]...", nargs=-1)
@click.option(
    "--plugin",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Check the plugin in this Python file too.",
)
@click.option("--verbose", is_flag=True, help="Say also which checks were skipped, and why.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout.")
def command(names: tuple[str, ...], files: tuple[Path, ...], verbose: bool, as_json: bool) -> None:
    """Check that plugins keep the contract: the distributions DIST, else every installed one.

    Each is loaded in an interpreter of its own, timed, and tried with the conformance suite. Failures give exit code
    1. Warnings do not: imports that slow every listing down, a name that another has too, an empty reference.
    """
    files = tuple(dict.fromkeys(files))
    points = find_entry_points()
    wanted = _wanted(names, files, points)
    if not wanted:
        click.echo(_NONE, err=as_json)
    levels = () if as_json else ("failed", "warning", "skipped") if verbose else ("failed", "warning")
    examined = _examined(points, files, wanted, named=bool(names)) if wanted else ()
    records = [_record(*each, levels) for each in examined]
    if as_json:
        click.echo(json.dumps({"plugins": records}, indent=2))
    elif records:
        _say(_summary(records))
    if any(record["failures"] for record in records):
        raise click.exceptions.Exit(1)


def _wanted(names: Sequence[str], files: Sequence[Path], points: Iterable[str]) -> set[str]:
    """The distributions to report on.

    Raises:
        ConfigError: One that is named offers no plugins, or a file is missing.
    """
    local = [LOCAL] if files else []
    known = [*local, *points, BUILTIN]
    problems = [f"--plugin {file}: no such file" for file in files if not file.is_file()]
    for name in names:
        normalised = normalise_distribution(name.strip())
        if normalised not in known:
            hint = f"; a file is given as --plugin {name}" if name.endswith(".py") else nearest(normalised, known)
            problems.append(
                f"no installed distribution named {name!r} offers plugins{hint} (known: {', '.join(known)})"
            )
    if problems:
        raise ConfigError(problems)
    return {*local, *(normalise_distribution(name.strip()) for name in names)} if names else {*local, *points}


def _examined(
    points: Mapping[str, Sequence[EntryPoint]], files: Sequence[Path], wanted: set[str], *, named: bool
) -> Iterator[tuple[Target, Probe | None, Iterable[Finding]]]:
    """Where each plugin comes from, how it loads alone (None: it is blocked), and what is found in it."""
    from imbalearn_torch.conformance.probe import Target, probe
    from imbalearn_torch.conformance.report import Finding, claims_of, examine

    allowed = allowed_distributions()
    blocked = [name for name in points if allowed is not None and name not in allowed]
    targets = [
        *([Target(BUILTIN, __version__, (_BUILTIN_HOOKS,))] if BUILTIN in wanted else []),
        *(Target(LOCAL, file=file) for file in files),
        *(Target(name, version_of(offered[0]), tuple(offered)) for name, offered in points.items()),
    ]
    # Also those that are not reported on: their names may clash with those that are.
    probes = [
        (target, None if target.file is None and target.distribution in blocked else probe(target))
        for target in targets
    ]
    claims = claims_of(Registry(allowed=frozenset()).entries(), probes)
    for target, probed in probes:
        if target.distribution in wanted:
            refusal = [Finding("failed", "", "load", BLOCKED)] if named else []
            yield target, probed, refusal if probed is None else examine(target, probed, claims)


def _record(target: Target, probed: Probe | None, findings: Iterable[Finding], levels: Sequence[str]) -> dict[str, Any]:
    """What JSON says of one plugin; findings of these levels are printed as they come."""
    record: dict[str, Any] = {
        "distribution": target.distribution,
        "version": target.version,
        "status": "blocked" if probed is None else "ok",
        "load_seconds": None if probed is None or probed.seconds is None else round(probed.seconds, 4),
        "heavy_imports": [] if probed is None else list(probed.heavy),
        **{name: [] for name in _LISTS.values()},
        "passed": 0,
    }
    if levels:
        _say(_heading(target, probed))
    for finding in findings:
        if finding.level == "passed":
            record["passed"] += 1
            continue
        about = {"component": finding.component, "check": finding.check, "message": finding.message}
        record[_LISTS[finding.level]].append(about)
        if finding.level in levels:
            _say(": ".join(part for part in (finding.level, *about.values()) if part), indent="  ")
    if probed is not None:
        record["status"] = "failed" if record["failures"] else "warned" if record["warnings"] else "ok"
        if levels and (record["passed"] or record["skipped"]):
            _say(f"{_count(record['passed'], 'check')} passed, {len(record['skipped'])} skipped", indent="  ")
    return record


def _heading(target: Target, probed: Probe | None) -> str:
    name = f"{target.distribution} {target.file or target.version}".strip()
    if probed is None:
        return f"{name}: blocked, not checked ({BLOCKED})"
    return name if probed.seconds is None else f"{name}: loaded in {probed.seconds:.3f} s"


def _summary(records: Sequence[Mapping[str, Any]]) -> str:
    failed = sum(bool(record["failures"]) for record in records)
    warnings = sum(len(record["warnings"]) for record in records)
    return f"{_count(failed, 'plugin')} failed, {_count(warnings, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}" + ("" if number == 1 else "s")


def _width() -> int | None:
    """The columns of the terminal; None: the output goes elsewhere, where no line is broken."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _say(text: str, indent: str = "") -> None:
    line, width = one_line(text), _width()
    if width is None:
        click.echo(indent + line)
    else:
        click.echo(click.wrap_text(line, width, initial_indent=indent, subsequent_indent=indent + "  "))
