"""Find and load plugins, each in its own try: one stranger's fault harms nobody else.

A plugin is all or nothing. Import, API version, registration, unknown hooks, every hook call and every record are
checked; at the first fault the plugin is unregistered and its cause kept.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from imbalearn_torch.errors import ImbalearnError, PluginError
from imbalearn_torch.plugin.options import nearest
from imbalearn_torch.plugin.spec import HOOKS, PLUGIN_API, PROJECT, Component, HookSpecs

__all__ = [
    "LOCAL",
    "Plugin",
    "cause_of",
    "collect",
    "distinct",
    "find_entry_points",
    "load_entry_point",
    "load_file",
    "normalise_distribution",
    "version_of",
]

_MOST_RECORDS = 10_000  # of one hook; a generator need not end
LOCAL = "local"  # the distribution of components from `--plugin FILE.py`


@dataclass(frozen=True)
class Plugin:
    """One plugin as found: `status` is "ok", "failed" or "blocked"."""

    distribution: str
    version: str
    status: str
    error: str | None = None
    components: tuple[tuple[str, Component], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip() + (f" ({self.error})" if self.error else "")


def normalise_distribution(name: str) -> str:
    """A distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_entry_points() -> dict[str, list[EntryPoint]]:
    """The entry points of every installed distribution that offers plugins, by normalised name; nothing is loaded."""
    found: dict[str, list[EntryPoint]] = {}
    for distribution in distributions():
        try:
            points = sorted(distribution.entry_points.select(group=PROJECT), key=lambda each: (each.name, each.value))
            name = _header(distribution, "Name") or points[0].module.partition(".")[0] if points else ""
        except Exception:  # a malformed entry_points.txt; `importlib.metadata.entry_points` would fail for everybody
            continue
        if name:
            # The first on the search path is the one that is imported; an editable install may be listed twice.
            found.setdefault(normalise_distribution(name), points)
    return dict(sorted(found.items()))


def version_of(point: EntryPoint) -> str:
    """The version of the distribution that offers an entry point."""
    return _header(point.dist, "Version")


def _header(distribution: Distribution | None, key: str) -> str:
    """A header of the metadata, or nothing; the whole, with the long text below, is slow to parse."""
    try:
        text = distribution and (distribution.read_text("METADATA") or distribution.read_text("PKG-INFO"))
    except Exception:  # none that can be read
        return ""
    headers = (text or "").partition("\n\n")[0]
    found = re.search(rf"^{key}:[ \t]*(.*?)[ \t]*$", headers, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def load_entry_point(distribution: str, point: EntryPoint) -> Plugin:
    """Load one entry point; a failure is returned, not raised (but see IMBALEARN_PLUGIN_ERRORS)."""
    return _guarded(distribution, version_of(point), point.load)


def load_file(file: Path) -> Plugin:
    """Load `--plugin FILE.py` as the distribution `local`.

    The module is known under the file's stem, so that a factory may be named "my_file:MyLoss".
    """

    def load() -> ModuleType:
        if not file.is_file():
            raise PluginError(f"no such file: {file}")
        name = file.stem
        if not name.replace("-", "_").isidentifier():
            raise PluginError(f"the name of a plugin file must be letters, digits, '_' and '-', but got {file.name!r}")
        loaded = sys.modules.get(name)
        if loaded is not None:
            if Path(getattr(loaded, "__file__", None) or "").absolute() == file.absolute():
                return loaded
            raise PluginError(f"a module named {name!r} is already imported; rename {file.name!r}")
        installed = importlib.util.find_spec(name)
        if installed is not None and installed.has_location and Path(installed.origin or "") != file.absolute():
            raise PluginError(f"an installed module is named {name!r} too; rename {file.name!r}")
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise PluginError(f"expected a Python file, but got {file.name!r}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    return _guarded(LOCAL, "", load)


def _guarded(distribution: str, version: str, load: Callable[[], Any]) -> Plugin:
    try:
        with _undisturbed():
            return Plugin(distribution, version, "ok", components=collect(load()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if os.environ.get("IMBALEARN_PLUGIN_ERRORS") == "raise":
            raise
        return Plugin(distribution, version, "failed", " ".join(cause_of(error).split()))


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """What a plugin prints must not spoil machine-readable output, nor a change of folder the user's relative paths."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:  # it has been deleted
        folder = None
    try:
        with contextlib.redirect_stdout(sys.stderr), _file_of_stdout_elsewhere():
            yield
    finally:
        if folder is not None:
            os.chdir(folder)


@contextlib.contextmanager
def _file_of_stdout_elsewhere() -> Iterator[None]:
    """Also what is written past `sys.stdout`, by C code or a child process, goes to stderr."""
    try:
        saved = os.dup(1)
    except OSError:  # there is none
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)


def cause_of(error: BaseException) -> str:
    """An error in words; a stranger's type is named, and even its `__str__` may fail."""
    kind = type(error).__name__
    try:
        return str(error) if isinstance(error, ImbalearnError) else f"{kind}: {error}"
    except Exception:
        return f"{kind}, which cannot be shown"


def distinct(plugins: Iterable[Plugin]) -> list[Plugin]:
    """The plugins of one distribution; one that repeats a full name of another before it has failed."""
    taken: set[tuple[str, str]] = set()
    kept: list[Plugin] = []
    for plugin in plugins:
        names = {(kind, name) for kind, record in plugin.components for name in (record.name, *record.aliases)}
        clashes = sorted(f"{kind} {name!r}" for kind, name in names & taken)
        if clashes:
            cause = f"another plugin of {plugin.distribution!r} already offers {', '.join(clashes)}"
            kept.append(Plugin(plugin.distribution, plugin.version, "failed", cause))
        else:
            taken |= names
            kept.append(plugin)
    return kept


def collect(module: Any) -> tuple[tuple[str, Component], ...]:
    """Every (kind, record) of one plugin module.

    Raises:
        PluginError: It breaks the contract.
    """
    _check_api(module)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        raise PluginError(f"a hook has wrong arguments: {error}") from None
    _check_hooks(manager, module)
    records: list[tuple[str, Component]] = []
    for kind, hook in HOOKS.items():
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.hookwrapper or implementation.wrapper:
                raise PluginError(f"{hook} is a hook wrapper; it must return records")
            records += ((kind, record) for record in _records(hook, implementation.function))
    _check_names(records)
    return tuple(records)


def _check_hooks(manager: pluggy.PluginManager, module: Any) -> None:
    unmarked = [
        hook for hook in HOOKS.values() if hasattr(module, hook) and not getattr(manager.hook, hook).get_hookimpls()
    ]
    if unmarked:
        raise PluginError(f"{unmarked[0]} is not marked with @hookimpl")
    callers = manager.get_hookcallers(module)
    if not callers:
        raise PluginError(f"it has none of the hooks {', '.join(HOOKS.values())}")
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        name = next(caller.name for caller in callers if not caller.has_spec())
        known = ", ".join(HOOKS.values())
        raise PluginError(f"unknown hook {name!r}{nearest(name, HOOKS.values())} (hooks: {known})") from None


def _check_api(module: Any) -> None:
    wanted = getattr(module, "IMBALEARN_PLUGIN_API", 1)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise PluginError(f"IMBALEARN_PLUGIN_API must be an int, but is {wanted!r}")
    if not 1 <= wanted <= PLUGIN_API:
        raise PluginError(f"it wants plugin API {wanted}, but this imbalearn-torch offers {PLUGIN_API}")


def _records(hook: str, function: Callable[[], Iterable[Component]]) -> list[Component]:
    result = function()
    if isinstance(result, (Component, Mapping)) or not isinstance(result, Iterable):
        raise PluginError(f"{hook} must return an iterable of Component records, but returned {type(result).__name__}")
    records = list(itertools.islice(result, _MOST_RECORDS + 1))
    if len(records) > _MOST_RECORDS:
        raise PluginError(f"{hook} gives more than {_MOST_RECORDS} records")
    for record in records:
        if not isinstance(record, Component):
            raise PluginError(f"{hook} must return Component records, but one is a {type(record).__name__}")
    return [_plain(record) for record in records]


def _plain(record: Component) -> Component:
    """The same as a `Component` of plain strings: what a subclass overrides runs here, not in a later lookup."""
    values = {each.name: _plain_text(getattr(record, each.name)) for each in fields(Component)}
    if isinstance(values["aliases"], tuple):
        values["aliases"] = tuple(_plain_text(alias) for alias in values["aliases"])
    return Component(**values)


def _plain_text(value: Any) -> Any:
    return str.__str__(value) if isinstance(value, str) else value


def _check_names(records: list[tuple[str, Component]]) -> None:
    seen: set[tuple[str, str]] = set()
    for kind, record in records:
        for name in (record.name, *record.aliases):
            if (kind, name) in seen:
                raise PluginError(f"it offers two components of kind {kind} named {name!r}")
            seen.add((kind, name))
