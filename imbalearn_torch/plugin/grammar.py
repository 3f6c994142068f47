"""The spelling of a component with options: `NAME[:key=value[,key=value...]]`, the same in a shell, Python and TOML.

Commas inside brackets and JSON strings do not split; `[a,b]` is a list, `"a,b"` a string, everything else a bare word
whose type the option's annotation decides. Nothing is ever evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from imbalearn_torch.errors import OptionError

__all__ = ["Bare", "Spec", "format_spec", "parse_spec", "parse_value", "split_outside"]

_OPEN, _CLOSE = "[{(", "]})"
_DEEPEST = 50  # lists within lists; no option has more than two


class Bare(str):
    """A word without quotes: its annotation says what it means."""

    __slots__ = ()


@dataclass(frozen=True)
class Spec:
    """A parsed string: the name as typed, and the options as `Bare`, str (quoted) or list of these."""

    name: str
    options: dict[str, Any]
    help: bool = False


def split_outside(text: str, separator: str) -> list[str]:
    """Split `text` at each `separator` that stands in no bracket and no JSON string.

    Raises:
        OptionError: A bracket or a quote is not closed, or brackets stand too deep in each other.
    """
    parts, start, depth, quoted, escaped = [], 0, 0, False, False
    for position, char in enumerate(text):
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in _OPEN:
            depth += 1
            if depth > _DEEPEST:
                raise OptionError(f"{text[:40]!r}... has brackets more than {_DEEPEST} deep")
        elif char in _CLOSE:
            depth -= 1
            if depth < 0:
                break
        elif char == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    if quoted or depth:
        raise OptionError(f"{text!r} has {'a quote' if quoted else 'a bracket'} without its partner")
    parts.append(text[start:])
    return parts


def parse_value(text: str) -> Any:
    """One value: `"..."` is a str by JSON's rules, `[...]` a list of values, anything else a `Bare` word."""
    text = text.strip()
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise OptionError(f"{text} is no JSON string: {error}") from None
        return value
    if text.startswith("["):
        if not text.endswith("]"):
            raise OptionError(f"{text!r} starts a list but does not end one")
        inside = text[1:-1].strip()
        return [parse_value(part) for part in split_outside(inside, ",")] if inside else []
    return Bare(text)


def parse_spec(text: str) -> Spec:
    """Read `NAME[:key=value,...]`; `NAME:help` asks for the options.

    Raises:
        OptionError: An empty name, a part without `=`, a duplicate key, an unclosed bracket or quote.
    """
    name, colon, rest = text.strip().partition(":")
    if not name.strip():
        raise OptionError(f"Expected NAME[:key=value,...], but got {text!r}")
    if rest.strip() == "help":
        return Spec(name.strip(), {}, help=True)
    if colon and not rest.strip():
        raise OptionError(f"Expected key=value after ':', but got {text!r}")
    options: dict[str, Any] = {}
    for part in split_outside(rest, ",") if rest.strip() else ():
        key, equals, value = part.partition("=")
        key = key.strip().replace("-", "_")
        if not equals or not key:
            raise OptionError(f"Expected key=value, but got {part.strip()!r} in {text!r}")
        if key in options:
            raise OptionError(f"Option {key!r} is given twice in {text!r}")
        options[key] = parse_value(value)
    return Spec(name.strip(), options)


def _plain(text: str) -> bool:
    """Whether a str can stand without quotes and be read back as the same str."""
    return bool(text) and text.strip() == text and not set(text) & set('",[]{}()+') and text.isprintable()


def format_value(value: Any, quote: bool = False) -> str:
    """The text of one typed value; `quote` puts every str and Path in quotes, lest it be read as another type."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, PurePath)):
        text = str(value)
        # Bytes of a file name that are no UTF-8 arrive as surrogates, which only an escape can carry into a file.
        quoted = json.dumps(text, ensure_ascii=not text.isprintable())
        return text if _plain(text) and text != "none" and not quote else quoted
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(format_value(item, quote) for item in value) + "]"
    return repr(value).replace("e+", "e")  # `+` joins augmentations


def format_spec(name: str, options: Mapping[str, Any]) -> str:
    """The inverse of `parse_spec` for typed values."""
    if not options:
        return name
    return name + ":" + ",".join(f"{key}={format_value(value)}" for key, value in options.items())
