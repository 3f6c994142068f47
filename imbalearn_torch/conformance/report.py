"""Everything that `imbalearn plugins check` finds in one plugin: how it loads, its records, then the suite."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from imbalearn_torch.conformance.probe import Probe, Target
from imbalearn_torch.conformance.suite import Outcome, run_suite
from imbalearn_torch.plugin.discovery import Plugin, cause_of, normalise_distribution
from imbalearn_torch.plugin.registry import BUILTIN, Entry
from imbalearn_torch.plugin.signature import import_factory
from imbalearn_torch.plugin.spec import canonical_name

__all__ = ["Claims", "Finding", "claims_of", "examine"]

Level = Literal["failed", "warning", "skipped", "passed"]
Claims = Mapping[tuple[str, str], Sequence[str]]  # (kind, name) -> the distributions that offer it

_SLOW = 0.2  # seconds; a listing of the built-ins takes about as long


@dataclass(frozen=True)
class Finding:
    """What one check of one plugin found.

    Args:
        level: "failed", "warning", "skipped" or "passed".
        component: KIND:NAME[:OPTIONS]; empty: the plugin as a whole.
        check: The check's name.
        message: What is wrong, or why it was skipped.
    """

    level: Level
    component: str
    check: str
    message: str = ""


def claims_of(builtins: Iterable[Entry], probes: Iterable[tuple[Target, Probe | None]]) -> Claims:
    """Who offers which name, built-ins first.

    Args:
        builtins: The entries of the built-ins.
        probes: What each stranger was found to offer; None: it is blocked.
    """
    claims: dict[tuple[str, str], list[str]] = {}
    for entry in builtins:
        for name in (entry.name, *entry.component.aliases):
            claims.setdefault((entry.kind, name), []).append(BUILTIN)
    for target, probe in probes:
        for claim in probe.names if probe is not None and target.distribution != BUILTIN else ():
            claims.setdefault(claim, []).append(target.distribution)
    return claims


def examine(target: Target, probe: Probe, claims: Claims) -> Iterator[Finding]:
    """Check one plugin. What it prints goes to stderr, and its Python warnings nowhere.

    Args:
        target: Where it comes from.
        probe: How it loaded in an interpreter of its own; where that failed, it is not loaded here.
        claims: Who offers which name.
    """
    if probe.died is not None:
        yield Finding("failed", "", "load", probe.died)
        return
    yield from _load_time(probe)
    yield from _threads(probe)
    where = f"{target.file}: " if target.file is not None else ""
    yield from (Finding("failed", "", "load", where + error) for error in probe.errors if error is not None)
    if probe.threads or (not probe.loads and os.environ.get("IMBALEARN_PLUGIN_ERRORS") != "raise"):
        return
    with _shielded():
        plugins = target.load()
    for plugin, error in zip(plugins, probe.errors, strict=True):
        if plugin.error is not None and error is None:
            message = f"{where}it loads alone, but not beside torch: {plugin.error}"
            yield Finding("failed", "", "load", message)
        for entry in _entries(plugin):
            with _shielded():
                found = [*_record_findings(entry, claims), *_behaviour(entry)]
            yield from found


@contextlib.contextmanager
def _shielded() -> Iterator[None]:
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings(action="ignore"):
        yield


def _entries(plugin: Plugin) -> Iterator[Entry]:
    return (Entry(kind, component, plugin.distribution, plugin.version) for kind, component in plugin.components)


def _load_time(probe: Probe) -> Iterator[Finding]:
    if probe.heavy:
        message = f"loading it imports {', '.join(probe.heavy)} ({probe.seconds:.2f} s)"
        yield Finding("warning", "", "heavy-imports", f"{message}: import inside functions, not at the top of a module")
    elif probe.seconds is not None and probe.seconds > _SLOW:
        message = f"loading it takes {probe.seconds:.2f} s; `python -X importtime` shows where"
        yield Finding("warning", "", "load-time", message)


def _threads(probe: Probe) -> Iterator[Finding]:
    if probe.threads:
        names = ", ".join(probe.threads)
        yield Finding("failed", "", "threads", f"loading it starts a thread that no command can end without: {names}")


def _record_findings(entry: Entry, claims: Claims) -> Iterator[Finding]:
    label, component = f"{entry.kind}:{entry.name}", entry.component
    if not component.summary.strip():
        yield Finding("warning", label, "summary", "the summary is empty; `imbalearn plugins list` would show it")
    elif len(component.summary.strip().splitlines()) > 1:
        yield Finding("warning", label, "summary", "the summary is longer than one line")
    if not component.reference.strip():
        yield Finding("warning", label, "reference", "the reference is empty; say where the method was published")
    if component.deprecated is not None and not _is_known(component.deprecated, entry, claims):
        message = f"its successor {component.deprecated!r} is no {entry.kind} that is installed"
        yield Finding("warning", label, "deprecated", message)
    for name in (component.name, *component.aliases):
        yield from _clash(entry, name, claims)


def _is_known(successor: str, entry: Entry, claims: Claims) -> bool:
    distribution, slash, short = successor.partition(":")[0].strip().rpartition("/")
    owners = claims.get((entry.kind, canonical_name(short)), ())
    another = canonical_name(short) not in (entry.name, *entry.component.aliases)
    if slash:
        return normalise_distribution(distribution.strip()) in owners
    return bool(owners) and (another or any(owner != entry.distribution for owner in owners))


def _clash(entry: Entry, name: str, claims: Claims) -> Iterator[Finding]:
    owners = claims.get((entry.kind, name), ())
    label = f"{entry.kind}:{entry.name}"
    if owners.count(entry.distribution) > 1:  # two files: both would be local/NAME
        message = f"another plugin of {entry.distribution!r} offers {entry.kind} {name!r} too"
        yield Finding("failed", label, "name", message)
    others = sorted({owner for owner in owners if owner != entry.distribution})
    if not others or entry.distribution == BUILTIN:
        return
    mine = f"{entry.distribution}/{name}"
    if BUILTIN in others:
        message = f"{name!r} means the built-in; this one is reached as {mine}"
    else:
        message = f"{name!r} is offered by {', '.join(others)} too; while both are installed, this one is {mine}"
    yield Finding("warning", label, "name", message)


def _grouped(outcomes: Iterable[Outcome]) -> list[Finding]:
    """One finding a cause: a fault in the factory's product fails many checks with the same words."""
    by_cause: dict[tuple[str, ...], list[str]] = {}
    for number, each in enumerate(outcomes):
        alike = each.message or str(number)  # checks that passed stay one by one: they are counted
        by_cause.setdefault((each.component, each.status, alike, each.message), []).append(each.check)
    return [
        Finding(cast(Level, status), component, _listed(checks), message)
        for (component, status, _, message), checks in by_cause.items()
    ]


def _listed(checks: Sequence[str]) -> str:
    return checks[0] if len(checks) == 1 else f"{checks[0]} and {len(checks) - 1} more"


def _behaviour(entry: Entry) -> list[Finding]:
    """Factory and signature; the suite only where both can be had, since every check would say the same."""
    label = f"{entry.kind}:{entry.name}"
    steps: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("factory", lambda: import_factory(entry.component.factory)),
        ("signature", entry.signature),
    )
    found: list[Finding] = []
    for check, step in steps:
        try:
            step()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return [Finding("failed", label, check, cause_of(error))]
    try:
        found.extend(_grouped(run_suite([entry])))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found.append(Finding("failed", label, "conformance", cause_of(error)))
    return found
