"""May a new package have this name? Asked before anything is written."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import keyword
import re
import sys
from pathlib import Path

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.discovery import LOCAL
from imbalearn_torch.plugin.registry import BUILTIN, registry
from imbalearn_torch.plugin.spec import canonical_name

__all__ = ["check_name", "package_name"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FOLDERS = ("dist", "runs", "tests")  # of the package itself, beside its code


def package_name(name: str) -> str:
    """What is imported: "my-loss" -> "my_loss"."""
    return name.replace("-", "_")


def check_name(typed: str, kind: str) -> str:
    """A name for a distribution, its folder and its one component, in its canonical spelling.

    Args:
        typed: As the user wrote it.
        kind: One of `KINDS`.

    Raises:
        OptionError: It is no name, or somebody has it already.
    """
    name = canonical_name(typed)
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"Expected NAME to be lower-case words joined by '-' that begin with a letter, such as my-{kind}, "
            f"but got {typed!r}"
        )
    cause = _builtin_owner(name, kind) or _python_owner(package_name(name)) or _installed_owner(name)
    if cause:
        raise OptionError(f"a plugin cannot be named {name!r}: {cause}; choose another name")
    return name


def _builtin_owner(name: str, kind: str) -> str:
    for entry in registry(plugins=False).entries(kind):
        if entry.distribution == BUILTIN and name in (entry.name, *entry.component.aliases):
            owner = f"the built-in {kind}" + (f" {entry.name!r}" if entry.name != name else "")
            return f"that short name always means {owner}"
    return ""


def _python_owner(package: str) -> str:
    if keyword.iskeyword(package):
        return f"its package {package!r} would be a keyword of Python"
    if package in sys.stdlib_module_names:
        return f"its package {package!r} would hide a module of Python's standard library"
    if package in _FOLDERS:
        return f"the folder {package!r} of the package has another use"
    return ""


def _installed_owner(name: str) -> str:
    if name == LOCAL:
        return "components of plugin files have that full name"
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return "a module of that name is installed" if _is_importable(package_name(name)) else ""
    return f"{found.name} {found.version} is installed, and pip would replace it"


def _is_importable(package: str) -> bool:
    """Whether a top-level module is installed; what merely lies in the current folder is not."""
    if package in sys.modules:
        return True
    spec = importlib.util.find_spec(package)
    if spec is None:
        return False
    places = spec.submodule_search_locations or [spec.origin or ""]
    return any(Path(place).parent.resolve() != Path.cwd() for place in places)
