"""Find the source of a factory without importing it: no plugin, and no torch, runs to check an option."""

from __future__ import annotations

import ast
import functools
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

__all__ = ["binding", "binds", "find_definition", "find_lineage"]

Definition = ast.ClassDef | ast.FunctionDef


def find_definition(factory: str) -> Definition | None:
    """The `class` or `def` behind "module:attribute"; None: only an import can tell."""
    return next(iter(find_lineage(factory)), None)


def find_lineage(factory: str) -> tuple[Definition, ...]:
    """The `class` or `def` behind "module:attribute", then the bases of the class that stand before it in its module.

    A class is followed by its base where that is its only one, and a plain name; what stands elsewhere ends the line.
    """
    module_name, _, attribute = factory.partition(":")
    file = _source_file(module_name)
    tree = _parse(file) if file is not None else None
    found: list[Definition] = []
    definition = binding(tree.body, attribute) if tree is not None else None
    while tree is not None and definition is not None and (not found or definition.lineno < found[-1].lineno):
        found.append(definition)
        match definition:
            case ast.ClassDef(bases=[ast.Name(id=base)], keywords=[]):
                definition = binding(tree.body, base)
            case _:
                definition = None
    return tuple(found)


def binds(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether a statement at this level binds `name`, in whatever way."""
    return any(_binds(statement, name) for statement in body)


def _binds(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
        return statement.name == name
    return isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.If, ast.Try)) and any(
        (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name)
        or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
        or (isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == name)
        for node in ast.walk(statement)
    )


def binding(body: Sequence[ast.stmt], name: str) -> Definition | None:
    """The last statement at this level that binds `name`, if it is a `def` or `class`."""
    last = next((statement for statement in reversed(body) if _binds(statement, name)), None)
    return last if isinstance(last, (ast.ClassDef, ast.FunctionDef)) else None


def _source_file(module_name: str) -> Path | None:
    """Where a module's source lies, found as the import system would, but without running any parent package."""
    loaded = sys.modules.get(module_name)
    if loaded is not None:
        file = getattr(loaded, "__file__", None)
        return Path(file) if file else None
    path: list[str] | None = None
    origin = None
    parts = module_name.split(".")
    for depth in range(len(parts)):
        spec = _find_spec(".".join(parts[: depth + 1]), path)
        if spec is not None:
            path, origin = list(spec.submodule_search_locations or ()), spec.origin
        else:
            # PathFinder finds a namespace package in another only once the outer one is imported.
            path = [str(folder) for entry in path or () if (folder := Path(entry, parts[depth])).is_dir()]
            origin = None
        if not path and depth + 1 < len(parts):
            return None
    return Path(origin) if origin and origin.endswith(".py") else None


def _find_spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        try:
            spec = finder.find_spec(name, path)
        except Exception:  # a strange finder, or a namespace package in a namespace package
            continue
        if spec is not None:
            return spec
    return None


@functools.lru_cache(maxsize=256)
def _parse(file: Path) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(file.read_bytes(), str(file))
    except (OSError, SyntaxError, ValueError):
        return None
