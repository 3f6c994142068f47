"""What an annotation means: the types an option may have, and the conversion of a parsed value by pydantic.

Annotations are read as text, each by itself: names that exist only for a type checker elsewhere in the module, and
modules that are not imported, do not matter.
"""

from __future__ import annotations

import ast
import functools
import math
import re
from pathlib import Path
from typing import Any

from imbalearn_torch.plugin.grammar import Bare, format_value

__all__ = ["GRAMMAR", "Mismatch", "adopt_default", "check_annotation", "convert", "unquoted"]

GRAMMAR = "bool, int, float, str, Path, Literal[...], unions of these and None, tuple[X, ...]"
_INTEGER = re.compile(r"[+-]?[0-9]+")
# The order in which the members of a union are tried, whatever the order in which they are written.
_ORDER = {"None": 0, "Literal": 1, "tuple": 2, "int": 3, "float": 4, "bool": 5, "Path": 6, "str": 6}


class Mismatch(Exception):
    """A value is not of the type, or a type is not of the grammar; carries nothing, since the caller knows more."""


def check_annotation(annotation: str) -> None:
    """See that an annotation is of the grammar.

    Raises:
        Mismatch: It is not.
    """
    _alternatives(annotation)


def unquoted(annotation: str) -> str:
    """An annotation written as a string, without the quotes around all of it."""
    try:
        node = ast.parse(annotation, mode="eval").body
    except SyntaxError:
        return annotation
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else annotation


@functools.lru_cache(maxsize=512)
def _alternatives(annotation: str) -> tuple[tuple[str, Any], ...]:
    """The members of a union as (kind, argument), in the order in which they are tried."""
    try:
        members = _members(ast.parse(annotation, mode="eval").body)
    except SyntaxError:
        raise Mismatch from None
    return tuple(sorted(members, key=lambda member: _ORDER[member[0]]))


def _members(node: ast.expr) -> list[tuple[str, Any]]:
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return [*_members(node.left), *_members(node.right)]
        case ast.Constant(value=str(quoted)):
            return _members(ast.parse(quoted, mode="eval").body)
        case ast.Constant(value=None) | ast.Name(id="NoneType"):
            return [("None", None)]
        case ast.Name() | ast.Attribute() if _last_name(node) in {"bool", "int", "float", "str", "Path"}:
            return [(_last_name(node), None)]
        case ast.Subscript():
            return _subscripted(_last_name(node.value), node.slice)
    raise Mismatch


def _subscripted(name: str, index: ast.expr) -> list[tuple[str, Any]]:
    arguments = index.elts if isinstance(index, ast.Tuple) else [index]
    if name in {"Union", "Optional"}:
        found = [member for argument in arguments for member in _members(argument)]
        return [*found, ("None", None)] if name == "Optional" else found
    if name == "Literal":
        return [("Literal", tuple(_literal_choice(argument) for argument in arguments))]
    if name in {"tuple", "Tuple"} and len(arguments) == 2 and ast.unparse(arguments[1]) in {"...", "Ellipsis"}:
        item = unquoted(ast.unparse(arguments[0]))
        check_annotation(item)
        return [("tuple", item)]
    raise Mismatch


def _literal_choice(argument: ast.expr) -> Any:
    try:
        choice = ast.literal_eval(argument)
    except ValueError:
        raise Mismatch from None
    if not isinstance(choice, (str, int, type(None))):
        raise Mismatch
    return choice


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def convert(annotation: str, value: Any) -> Any:
    """A parsed value (`Bare`, quoted str or list) as the annotation's type; str and Path are tried last.

    Raises:
        Mismatch: It is none of them.
    """
    for kind, argument in _alternatives(annotation):
        try:
            return _convert_to(kind, argument, value)
        except Mismatch:
            continue
    raise Mismatch


def _convert_to(kind: str, argument: Any, value: Any) -> Any:
    if isinstance(value, list) and kind == "tuple":
        return tuple(convert(argument, item) for item in value)
    if isinstance(value, list) or kind == "tuple":
        raise Mismatch
    if kind == "Literal":
        return _choose(argument, value)
    if isinstance(value, Bare) and kind not in {"Path", "str"}:
        return _from_word(kind, str(value))
    if kind not in {"Path", "str"} or (isinstance(value, Bare) and value in {"", "none"}):
        raise Mismatch
    return Path(value) if kind == "Path" else str(value)


def _choose(choices: tuple[Any, ...], value: str) -> Any:
    """Choices that are no str first: a bare `1` is the number where both are offered."""
    for choice in sorted(choices, key=lambda choice: isinstance(choice, str)):
        if value == choice if isinstance(choice, str) else isinstance(value, Bare) and value == format_value(choice):
            return choice
    raise Mismatch


def _from_word(kind: str, word: str) -> Any:
    if kind == "None" and word == "none":
        return None
    if kind == "None" or (kind == "int" and not _INTEGER.fullmatch(word)):
        raise Mismatch
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(word)
    except ValidationError:
        raise Mismatch from None


@functools.cache
def _adapter(kind: str) -> Any:
    from pydantic import FiniteFloat, TypeAdapter

    return TypeAdapter({"bool": bool, "int": int, "float": FiniteFloat}[kind])


def adopt_default(annotation: str, default: Any) -> Any:
    """A literal default as the annotation's type, so that a default and the same value typed by a user are equal.

    Raises:
        Mismatch: The default is not of the type.
    """
    for kind, argument in _alternatives(annotation):
        match kind, default:
            case ("None", None) | ("int", int()) | ("bool", bool()) | ("str", str()):
                if kind != "int" or not isinstance(default, bool):
                    return default
            case "Literal", _ if any(choice == default and type(choice) is type(default) for choice in argument):
                return default
            case "float", int() | float() if not isinstance(default, bool) and math.isfinite(default):
                return float(default)
            case "Path", str():
                return Path(default)
            case "tuple", tuple() | list():
                return tuple(adopt_default(argument, item) for item in default)
    raise Mismatch
