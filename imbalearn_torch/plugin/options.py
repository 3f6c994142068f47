"""Options of a component: read from its factory's signature, converted by pydantic, never declared twice."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import ComponentError, OptionError
from imbalearn_torch.plugin.convert import GRAMMAR, Mismatch, adopt_default, check_annotation, convert, unquoted
from imbalearn_torch.plugin.grammar import format_value, parse_value
from imbalearn_torch.plugin.signature import MISSING, NotLiteral, Parameter, read_parameters
from imbalearn_torch.plugin.spec import Component

__all__ = ["Option", "Signature", "format_options", "nearest", "read_signature", "resolve_options"]


@dataclass(frozen=True)
class Option:
    """One option: its name, annotation as written, and default (`MISSING`: it must be given)."""

    name: str
    annotation: str
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def describe(self) -> str:
        """Name, type and default on one line."""
        return f"{self.name} ({self.annotation}, {self.describe_default()})"

    def describe_default(self) -> str:
        """`default 2.0` or `required`."""
        return "required" if self.required else f"default {_format(self.annotation, self.default)}"


@dataclass(frozen=True)
class Signature:
    """What a factory takes: options from the user, context from the engine (name -> whether it is required)."""

    options: tuple[Option, ...]
    context: dict[str, bool]


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def read_signature(label: str, component: Component, context: tuple[str, ...]) -> Signature:
    """Split a factory's parameters into options and context.

    Args:
        label: The kind, for messages: "loss".
        component: The record.
        context: The names that are context for this kind.

    Raises:
        ComponentError: A parameter that is neither context nor an option of a known type.
    """
    who = f"{label} {component.name!r}"
    try:
        parameters = read_parameters(component.factory)
    except ComponentError as error:
        raise ComponentError(f"{who}: {error}") from error
    options, asked = [], {}
    for parameter in parameters:
        if parameter.name in context:
            asked[parameter.name] = parameter.default is MISSING
        else:
            options.append(_option(who, parameter))
    return Signature(tuple(options), asked)


def _option(who: str, parameter: Parameter) -> Option:
    if parameter.annotation is None:
        raise ComponentError(f"{who}: parameter {parameter.name!r} has no annotation; an option is one of {GRAMMAR}")
    annotation = unquoted(parameter.annotation)
    try:
        check_annotation(annotation)
    except Mismatch:
        raise ComponentError(
            f"{who}: parameter {parameter.name!r} is annotated {annotation!r}; an option is one of {GRAMMAR}"
        ) from None
    if isinstance(parameter.default, NotLiteral):
        raise ComponentError(f"{who}: the default of {parameter.name!r} is no literal but {parameter.default.text}")
    try:
        default = MISSING if parameter.default is MISSING else adopt_default(annotation, parameter.default)
    except Mismatch:
        raise ComponentError(
            f"{who}: the default {parameter.default!r} of {parameter.name!r} is no {annotation}"
        ) from None
    return Option(parameter.name, annotation, default)


def resolve_options(
    who: str, options: tuple[Option, ...], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Every option with its value, and every problem found on the way.

    Args:
        who: For messages: "loss 'focal'".
        options: What the factory offers.
        given: What was parsed.

    Returns:
        The values in the order of the signature, and one sentence a problem.
    """
    problems, values = [], {}
    by_name = {option.name: option for option in options}
    for key in given:
        if key not in by_name:
            offered = ", ".join(option.describe() for option in options) or "none"
            problems.append(f"{who} has no option {key!r}{nearest(key, by_name)} (options: {offered})")
    for option in options:
        if option.name not in given:
            if option.required:
                problems.append(f"{who} needs option {option.name!r} ({option.annotation})")
            else:
                values[option.name] = option.default
            continue
        raw = given[option.name]
        try:
            values[option.name] = convert(option.annotation, raw)
        except Mismatch:
            got = repr(str(raw)) if isinstance(raw, str) else format_value(raw)
            expected = f"option {option.name!r} of {who} expects {option.annotation}, got {got}"
            problems.append(f"{expected} ({option.describe_default()})")
    return values, problems


def format_options(options: tuple[Option, ...], values: Mapping[str, Any]) -> str:
    """`key=value,...` of typed values."""
    return ",".join(f"{option.name}={_format(option.annotation, values[option.name])}" for option in options)


def _format(annotation: str, value: Any) -> str:
    """The plainest text that gives the value back: quoted only where a bare word would be read as another type."""
    texts = [format_value(value), format_value(value, quote=True)]
    if value == "none":
        texts.insert(0, "none")
    if not isinstance(value, (str, Path, tuple)):
        return texts[0]
    return next((text for text in texts if _reads_back(annotation, text, value)), texts[-1])


def _reads_back(annotation: str, text: str, value: Any) -> bool:
    try:
        return convert(annotation, parse_value(text)) == value
    except (Mismatch, OptionError):
        return False
