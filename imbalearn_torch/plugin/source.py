"""Find the source of a factory without importing it: no plugin, and no torch, runs to check an option."""

from __future__ import annotations

import ast
import functools
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

__all__ = ["binding", "find_definition"]


def find_definition(factory: str) -> ast.ClassDef | ast.FunctionDef | None:
    """The `class` or `def` behind "module:attribute"; None: only an import can tell."""
    module_name, _, attribute = factory.partition(":")
    file = _source_file(module_name)
    tree = _parse(file) if file is not None else None
    return binding(tree.body, attribute) if tree is not None else None


def binding(body: Sequence[ast.stmt], name: str) -> ast.ClassDef | ast.FunctionDef | None:
    """The last statement at this level that binds `name`, if it is a `def` or `class`."""
    found: ast.ClassDef | ast.FunctionDef | None = None
    for statement in body:
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)) and statement.name == name:
            found = statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.If, ast.Try)) and any(
            (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name)
            or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
            or (isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == name)
            for node in ast.walk(statement)
        ):
            found = None
    return found


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
