"""Option strings. What holds for every annotation of the grammar and every value.

1. What a value is written as reads back as the same value of the same type, alone and among other options.
2. The full spelling of a component reads back as itself: resolving it once more changes nothing.
3. An option that is given twice is refused, whatever its values and however `-` and `_` stand.
4. Commas, `+`, `:` and `=` inside brackets and JSON strings do not split.
5. Blanks around names, keys and values do not matter.
6. Whatever the text, what comes out is a value or an OptionError (see also tests/fuzz/test_text.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.grammar import Bare, format_spec, parse_spec, split_outside
from imbalearn_torch.plugin.options import Option, format_options, resolve_options
from imbalearn_torch.plugin.registry import registry

same = settings(max_examples=40, derandomize=True, deadline=None)
text = st.text(max_size=10) | st.sampled_from(["none", "true", "1", "1.5", "a,b", "[1]", '"', "a=b", "a:b", "a+b"])
finite, whole = st.floats(allow_nan=False, allow_infinity=False), st.integers()
paths = text.filter(lambda each: "\0" not in each).map(Path)
keys = st.from_regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", fullmatch=True).filter(lambda key: key != "help")
SINGLE: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": whole,
    "float": finite,
    "str": text,
    "Path": paths,
    "Literal['mean', 'none', 1, True, None]": st.sampled_from(["mean", "none", 1, True, None]),
}


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, Any]:
    """An annotation and a value of it: single types, unions of several and None, tuples of these, tuples of tuples."""
    chosen = draw(st.lists(st.sampled_from(sorted(SINGLE)), min_size=1, max_size=3, unique=True))
    annotation = " | ".join(chosen)
    value = st.one_of(*(SINGLE[name] for name in chosen))
    if draw(st.booleans()):
        annotation, value = f"{annotation} | None", st.none() | value
    for _ in range(draw(st.integers(0, 2))):
        annotation, value = f"tuple[{annotation}, ...]", st.lists(value, max_size=3).map(tuple)
    return annotation, draw(value)


def alike(one: Any, other: Any) -> bool:
    """Equal and of one type, all the way down: 1, 1.0 and True are three values."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and one == other


def ambiguous(annotation: str, value: Any) -> bool:
    """Text cannot tell a Path from a str, or from a choice of a Literal, where one union has both."""
    return "Path" in annotation and ("str" in annotation or "Literal" in annotation) and _holds_text(value)


def _holds_text(value: Any) -> bool:
    return any(map(_holds_text, value)) if isinstance(value, tuple) else isinstance(value, (str, Path))


@settings(same, max_examples=100)
@given(fields=st.dictionaries(keys, typed(), min_size=1, max_size=4))
def test_1_round_trip(*, fields: dict[str, tuple[str, Any]]) -> None:
    options = tuple(Option(name, annotation, None) for name, (annotation, _) in fields.items())
    values = {name: value for name, (_, value) in fields.items()}
    spec = parse_spec(f"thing:{format_options(options, values)}")
    found, problems = resolve_options("thing", options, spec.options)
    assert (spec.name, problems) == ("thing", [])
    for name, (annotation, value) in fields.items():
        if not ambiguous(annotation, value):
            assert alike(found[name], value), (annotation, value, found[name])


@pytest.mark.parametrize("kind", ["sampler", "mix", "loss", "weights", "adjuster"])
@same
@given(data=st.data())
def test_2_full_spelling(*, kind: str, data: st.DataObject) -> None:
    known = registry(plugins=False)
    entries = [each for each in known.entries(kind) if not any(option.required for option in each.signature().options)]
    entry = data.draw(st.sampled_from(entries))
    spelled = str(resolve(kind, entry.name, known))
    again = resolve(kind, spelled, known)
    assert str(again) == spelled
    assert again.entry.full_name == entry.full_name


@same
@given(key=keys, values=st.tuples(text, text), others=st.lists(keys, max_size=2, unique=True))
def test_3_twice(*, key: str, values: tuple[str, str], others: list[str]) -> None:
    first, second = (
        f"{name}={json.dumps(value)}" for name, value in zip((key, key.replace("_", "-")), values, strict=True)
    )
    between = [f"{other}=1" for other in others if other != key]
    with pytest.raises(OptionError, match=f"Option '{key}' is given twice"):
        parse_spec(",".join([f"thing:{first}", *between, second]))


@same
@given(key=keys, inside=text, deep=st.integers(0, 3))
def test_4_brackets_and_quotes(*, key: str, inside: str, deep: int) -> None:
    value = "[" * deep + json.dumps(f"{inside},+:=[({inside}") + "]" * deep
    whole_text = f"thing:{key}={value}"
    assert split_outside(f"{whole_text},x=1", ",") == [whole_text, "x=1"]
    assert split_outside(f"{whole_text}+flip", "+") == [whole_text, "flip"]
    found = parse_spec(whole_text).options[key]
    for _ in range(deep):
        assert isinstance(found, list)
        [found] = found
    assert (found, isinstance(found, Bare)) == (f"{inside},+:=[({inside}", False)


@same
@given(
    options=st.dictionaries(keys, st.sampled_from(["1", "a", '" b "', "[1, 2]"]), min_size=1, max_size=4),
    blanks=st.sampled_from(" \t\n"),
)
def test_5_blanks(*, options: dict[str, str], blanks: str) -> None:
    tight = "thing:" + ",".join(f"{key}={value}" for key, value in options.items())
    loose = f"{blanks}thing{blanks}:" + ",".join(
        f"{blanks}{key}{blanks}={blanks}{value}{blanks}" for key, value in options.items()
    )
    assert parse_spec(loose) == parse_spec(tight)


@settings(same, max_examples=150)
@given(given_text=st.text(alphabet=st.sampled_from('ab:=,+[](){}"\\ 1.-_\n\0é'), max_size=30))
def test_6_any_text(*, given_text: str) -> None:
    try:
        spec = parse_spec(given_text)
    except OptionError as error:
        assert str(error)
    else:
        assert spec.name == spec.name.strip() != ""
        assert format_spec(spec.name, {}) == spec.name
