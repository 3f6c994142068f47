"""The parameters of a factory: from its source where that is enough, else from the imported object."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.source import binding, binds, find_lineage

__all__ = ["MISSING", "NotLiteral", "Parameter", "import_factory", "read_parameters"]


class _Missing:
    def __repr__(self) -> str:
        return "<required>"


MISSING = _Missing()


@dataclass(frozen=True)
class NotLiteral:
    """A default that is no literal, as written."""

    text: str


@dataclass(frozen=True)
class Parameter:
    """One parameter of a factory.

    Args:
        name: As in the signature.
        annotation: As written; None: there is none.
        default: Its value; MISSING: the parameter is required; NotLiteral: only running the code could tell.
    """

    name: str
    annotation: str | None
    default: Any


def import_factory(factory: str | Callable[..., Any]) -> Callable[..., Any]:
    """The callable that a component's `factory` names.

    Raises:
        ComponentError: It cannot be imported, or is not callable.
    """
    if not isinstance(factory, str):
        return factory
    module_name, _, attribute = factory.partition(":")
    try:
        # A module that prints must not spoil machine-readable output.
        with contextlib.redirect_stdout(sys.stderr):
            found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:
        raise ComponentError(f"the factory {factory!r} cannot be imported: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise ComponentError(f"the factory {factory!r} is no callable but a {type(found).__name__}")
    return found


def read_parameters(factory: str | Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a factory, read without importing it where its source can be found.

    Raises:
        ComponentError: `*args`, `**kwargs`, positional-only parameters, or no such factory.
    """
    if isinstance(factory, str):
        arguments = _arguments_in_source(factory)
        if arguments is not None:
            return _from_ast(factory, *arguments)
    return _from_object(factory)


def _arguments_in_source(factory: str) -> tuple[ast.arguments, bool] | None:
    """The parameters behind "module:attribute" and whether the first is `self`; None: only an import can tell."""
    for definition in find_lineage(factory):
        found: ast.stmt | None = definition
        if isinstance(definition, ast.ClassDef):
            if definition.decorator_list or any(key.arg == "metaclass" for key in definition.keywords):
                return None
            if not binds(definition.body, "__init__"):
                continue
            found = binding(definition.body, "__init__")
        if isinstance(found, ast.FunctionDef) and not found.decorator_list:
            return found.args, found.name == "__init__"
        return None
    return None


def _from_ast(factory: str, arguments: ast.arguments, method: bool) -> tuple[Parameter, ...]:
    if arguments.vararg or arguments.kwarg:
        raise ComponentError(f"the factory {factory!r} takes *args or **kwargs, so its options cannot be known")
    positional = [*arguments.posonlyargs, *arguments.args]
    if (arguments.posonlyargs and not method) or len(arguments.posonlyargs) > 1:
        raise ComponentError(f"the factory {factory!r} has positional-only parameters; options are passed by name")
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
    pairs = list(zip(positional, defaults, strict=True))[1 if method else 0 :]
    pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    return tuple(
        Parameter(
            name=argument.arg,
            annotation=ast.unparse(argument.annotation) if argument.annotation is not None else None,
            default=MISSING if default is None else _literal(default),
        )
        for argument, default in pairs
    )


def _literal(default: ast.expr) -> Any:
    try:
        return ast.literal_eval(default)
    except (ValueError, TypeError):
        return NotLiteral(ast.unparse(default))


def _literal_object(default: Any) -> Any:
    """The same rule for a value: what its `repr` does not give back was no literal."""
    if default is inspect.Parameter.empty:
        return MISSING
    try:
        return default if ast.literal_eval(repr(default)) == default else NotLiteral(repr(default))
    except Exception:
        return NotLiteral(repr(default))


def _from_object(factory: str | Callable[..., Any]) -> tuple[Parameter, ...]:
    target = import_factory(factory)
    label = factory if isinstance(factory, str) else getattr(factory, "__qualname__", repr(factory))
    if isinstance(target, type) and getattr(target.__init__, "__module__", "") == "torch.nn.modules.module":
        return ()  # nn.Module's own __init__ takes *args, **kwargs only to refuse them
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError) as error:
        raise ComponentError(f"the factory {label!r} has no readable signature: {error}") from None
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ComponentError(f"the factory {label!r} takes *args or **kwargs, so its options cannot be known")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise ComponentError(f"the factory {label!r} has positional-only parameters; options are passed by name")
        annotation = parameter.annotation
        parameters.append(
            Parameter(
                name=parameter.name,
                annotation=None if annotation is parameter.empty else _annotation_text(annotation),
                default=_literal_object(parameter.default),
            )
        )
    return tuple(parameters)


def _annotation_text(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    plain = isinstance(annotation, type) and not hasattr(annotation, "__args__")
    return annotation.__name__ if plain else re.sub(r"ForwardRef\('(.*?)'\)", r"\1", repr(annotation))
