"""Look components up by name: built-ins first, strangers only when they are needed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path

from imbalearn_torch.errors import ComponentError, ConfigError, ImbalearnError, PluginError, UnknownComponentError
from imbalearn_torch.plugin.discovery import (
    LOCAL,
    Plugin,
    cause_of,
    collect,
    distinct,
    find_entry_points,
    load_entry_point,
    load_file,
    normalise_distribution,
    version_of,
)
from imbalearn_torch.plugin.options import Option, Signature, nearest, read_signature
from imbalearn_torch.plugin.spec import CONTEXT, KINDS, Component, canonical_name

__all__ = ["BLOCKED", "BUILTIN", "Entry", "Registry", "allowed_distributions", "registry"]

BUILTIN = "imbalearn-torch"
BLOCKED = "IMBALEARN_PLUGINS or --no-plugins does not allow it"


@dataclass(frozen=True)
class Entry:
    """A component and where it comes from."""

    kind: str
    component: Component
    distribution: str
    version: str

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def full_name(self) -> str:
        return f"{self.distribution}/{self.component.name}"

    @property
    def label(self) -> str:
        """How messages call it: the short name for built-ins, the full one for strangers."""
        return self.name if self.distribution == BUILTIN else self.full_name

    def signature(self) -> Signature:
        """Options and context of the factory, read from its source where that can be found.

        Raises:
            ComponentError: They cannot be read.
        """
        try:
            return read_signature(self.kind, self.component, CONTEXT[self.kind])
        except (ImbalearnError, KeyboardInterrupt):
            raise
        except BaseException as error:  # a factory without source is a stranger's object that is asked for its own
            cause = f"its signature cannot be read: {cause_of(error)}"
            raise ComponentError(f"{self.kind} {self.label!r}: {cause}") from error


class Registry:
    """Every component that can be reached from here.

    Args:
        files: Plugin files, as given by `--plugin`.
        allowed: Normalised names of the distributions that may be loaded; None: all. Both are kept as attributes, and
            `digests` holds the sha256 of each file as it was loaded, by its name.
    """

    def __init__(self, files: Iterable[Path] = (), allowed: frozenset[str] | None = None) -> None:
        from imbalearn_torch import __version__

        self.allowed = allowed
        self._loaded: dict[str, list[Plugin]] = {}
        self._builtin = Plugin(BUILTIN, __version__, "ok", components=_builtin_components())
        self.files = tuple(Path(file) for file in files)
        self.digests = _digests(self.files)
        self._local = [
            plugin if plugin.error is None else replace(plugin, error=f"{file}: {plugin.error}")
            for file, plugin in zip(self.files, distinct(load_file(file) for file in self.files), strict=True)
        ]

    def check_files(self) -> None:
        """See that every plugin file is sound: the user named it, so a fault of it is no stranger's.

        Raises:
            ConfigError: At least one is not.
        """
        failed = [f"--plugin {plugin.error}" for plugin in self._local if plugin.status == "failed"]
        if failed:
            raise ConfigError(failed)

    @functools.cached_property
    def _points(self) -> dict[str, list[EntryPoint]]:
        """Sought at the first question that a built-in does not answer."""
        return find_entry_points()

    @functools.cached_property
    def _every_plugin(self) -> tuple[Plugin, ...]:
        strangers = [plugin for name in self._points for plugin in self._load(name)]
        return (self._builtin, *self._local, *strangers)

    @functools.cached_property
    def _by_kind(self) -> dict[str, tuple[Entry, ...]]:
        every = self.plugins()
        return {kind: tuple(entry for plugin in every for entry in _entries(plugin, kind)) for kind in KINDS}

    @functools.cached_property
    def _owners(self) -> dict[tuple[str, str], list[Entry]]:
        """Who answers to a short name: the built-in alone where there is one, else every stranger that claims it."""
        owners: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries():
            for name in (entry.name, *entry.component.aliases):
                claimed = owners.setdefault((entry.kind, name), [])
                if not claimed or claimed[0].distribution != BUILTIN:  # built-ins come first
                    claimed.append(entry)
        return owners

    def plugins(self) -> tuple[Plugin, ...]:
        """Every plugin, the built-ins first, then files, then distributions in the order of their names."""
        return self._every_plugin

    def entries(self, kind: str | None = None) -> tuple[Entry, ...]:
        """Every component, in the order of kinds, then as `plugins` lists them."""
        kinds = KINDS if kind is None else (kind,)
        return tuple(entry for each in kinds for entry in self._by_kind.get(each, ()))

    def names(self, kind: str) -> tuple[str, ...]:
        """The names under which the components of a kind can be asked for: short where that is clear, else full."""
        return tuple(
            entry.name if self._owners[kind, entry.name] == [entry] else entry.full_name for entry in self.entries(kind)
        )

    def ambiguous(self, entry: Entry) -> bool:
        """Whether the short name is an error, since several strangers claim it."""
        return len(self._owners[entry.kind, entry.name]) > 1

    def options(self, kind: str, name: str) -> tuple[Option, ...]:
        """The options of a component, in the order of its signature."""
        return self.find(kind, name).signature().options

    def find(self, kind: str, name: str) -> Entry:
        """The component of that short or full name.

        Raises:
            UnknownComponentError: There is none, or the short name is claimed by several; the message lists the
                nearest names and the plugins that failed to load.
        """
        if kind not in KINDS:
            raise UnknownComponentError(
                f"no kind of component named {kind!r}{nearest(kind, KINDS)} (kinds: {', '.join(KINDS)})"
            )
        distribution, slash, short = name.strip().rpartition("/")
        short = canonical_name(short)
        if slash:
            return self._find_qualified(kind, normalise_distribution(distribution.strip()), short)
        own = [entry for entry in _entries(self._builtin, kind) if _answers(entry, short)]
        if own:
            return own[0]
        found = self._owners.get((kind, short), [])
        if len(found) > 1:
            choices = " or ".join(entry.full_name for entry in found)
            raise UnknownComponentError(f"{kind} {short!r} is offered by several plugins; write {choices}")
        if not found:
            names = self.names(kind)
            raise UnknownComponentError(self._unknown(kind, name, nearest(short, names), names))
        return found[0]

    def _find_qualified(self, kind: str, distribution: str, short: str) -> Entry:
        if distribution == BUILTIN:
            plugins: list[Plugin] = [self._builtin]
        elif distribution == LOCAL:
            plugins = self._local
        else:
            plugins = self._load(distribution)
        entries = [entry for plugin in plugins for entry in _entries(plugin, kind)]
        found = [entry for entry in entries if _answers(entry, short)]
        if found:
            return found[0]
        full_name = f"{distribution}/{short}"
        causes = [f"{plugin.status} plugin {plugin}" for plugin in plugins if plugin.status != "ok"]
        if causes:
            raise UnknownComponentError(f"no {kind} named {full_name!r}: {'; '.join(causes)}")
        if distribution == LOCAL and not self._local:
            raise UnknownComponentError(
                f"no {kind} named {full_name!r}: it comes from a file; give it with --plugin FILE.py"
            )
        offered = entries or self.entries(kind)
        known = [entry.full_name for entry in offered]
        same = nearest(full_name, [entry.full_name for entry in offered if _answers(entry, short)])
        raise UnknownComponentError(self._unknown(kind, full_name, same or nearest(full_name, known), known))

    def _unknown(self, kind: str, typed: str, suggestion: str, known: Iterable[str]) -> str:
        message = f"no {kind} named {typed!r}{suggestion} (known: {', '.join(known)}; see `imbalearn plugins list`)"
        loaded = [plugin for each in self._loaded.values() for plugin in each]
        failed = [str(plugin) for plugin in loaded if plugin.status == "failed"]
        blocked = [plugin.distribution for plugin in loaded if plugin.status == "blocked"]
        if failed:
            message += f"; plugins that failed to load: {'; '.join(failed)}"
        if blocked:
            message += f"; blocked plugins: {', '.join(blocked)}"
        return message

    def _load(self, distribution: str) -> list[Plugin]:
        """The plugins of one distribution, loaded at the first call."""
        if distribution not in self._loaded and distribution in self._points:
            points = self._points[distribution]
            if self.allowed is not None and distribution not in self.allowed:
                self._loaded[distribution] = [Plugin(distribution, version_of(points[0]), "blocked", BLOCKED)]
            else:
                self._loaded[distribution] = distinct(load_entry_point(distribution, point) for point in points)
        return self._loaded.get(distribution, [])


def _digests(files: Iterable[Path]) -> dict[str, str]:
    found = {}
    for file in files:
        with contextlib.suppress(OSError):  # loading it says why it cannot be read
            found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def _answers(entry: Entry, short: str) -> bool:
    return short == entry.name or short in entry.component.aliases


def _entries(plugin: Plugin, kind: str) -> Iterator[Entry]:
    for each, component in plugin.components:
        if each == kind:
            yield Entry(kind, component, plugin.distribution, plugin.version)


@functools.cache
def _builtin_components() -> tuple[tuple[str, Component], ...]:
    try:
        from imbalearn_builtins import hooks
    except ImportError as error:
        raise PluginError(f"the built-in plugins are not installed: {error}") from error
    return collect(hooks)


def registry(files: Iterable[Path] = (), plugins: bool = True, *, strict: bool = True) -> Registry:
    """The registry of this process; built once for the same files, environment and search path.

    Args:
        files: Plugin files, as given by `--plugin`.
        plugins: False: no installed plugin is loaded, as with `--no-plugins`.
        strict: False: a plugin file that fails is only listed.

    Raises:
        ConfigError: A plugin file cannot be loaded.
    """
    allowed = allowed_distributions() if plugins else frozenset()
    found = _cached(tuple(dict.fromkeys(Path(file).absolute() for file in files)), allowed, tuple(sys.path))
    if strict:
        found.check_files()
    return found


def allowed_distributions() -> frozenset[str] | None:
    """The normalised names that IMBALEARN_PLUGINS allows; None: all."""
    names = os.environ.get("IMBALEARN_PLUGINS")
    if names is None:
        return None
    return frozenset(normalise_distribution(name.strip()) for name in names.split(",") if name.strip())


@functools.lru_cache(maxsize=8)
def _cached(files: tuple[Path, ...], allowed: frozenset[str] | None, _search_path: tuple[str, ...]) -> Registry:
    return Registry(files, allowed)
