"""Annotations as text, and what a parsed value becomes under them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch.plugin.convert import Mismatch, adopt_default, check_annotation, convert, unquoted
from imbalearn_torch.plugin.grammar import parse_value
from imbalearn_torch.plugin.options import Option, format_options

CONVERSIONS = [
    ("float", "2", 2.0),
    ("float", "1e-3", 0.001),
    ("float", "-.5", -0.5),
    ("int", "-3", -3),
    ("int", "+3", 3),
    ("bool", "true", True),
    ("bool", "False", False),
    ("str", "a b", "a b"),
    ("str", '"none"', "none"),
    ("str", '""', ""),
    ("str", "2", "2"),
    ("Path", "a/b", Path("a/b")),
    ("Path", '"a,b"', Path("a,b")),
    ("float | None", "none", None),
    ("float | None", "1", 1.0),
    ("Optional[float]", "none", None),
    ("typing.Optional['float']", "1", 1.0),
    ("Union[int, None, str]", "x", "x"),
    ("t.Union[str, int]", "1", 1),  # str is tried last, wherever it stands
    ("int | float", "10", 10),
    ("int | float", "10.0", 10.0),
    ("float | int", "10", 10),  # a point makes the difference, not the order
    ("bool | Path", "true", True),
    ("bool | Path", "./true", Path("true")),
    ("bool | Path", '"true"', Path("true")),
    ("bool | int", "1", 1),
    ("bool | float", "0", 0.0),
    ("pathlib.Path | None", "x", Path("x")),
    ("Literal['mean', 'sum']", "sum", "sum"),
    ("Literal['mean', 'sum']", '"sum"', "sum"),
    ("Literal['none', 'mean']", "none", "none"),
    ("Literal['none'] | None", "none", None),
    ("Literal['none'] | None", '"none"', "none"),
    ("typing.Literal[None, 'x']", "none", None),
    ("Literal[-1, 1]", "-1", -1),
    ("Literal[1, '1']", "1", 1),
    ("Literal[1, '1']", '"1"', "1"),
    ("Literal[True, 2]", "true", True),
    ("Literal['auto'] | float", "auto", "auto"),
    ("Literal['auto'] | float", "1", 1.0),
    ("tuple[float, ...]", "[1, 2]", (1.0, 2.0)),
    ("tuple[float, ...]", "[]", ()),
    ("Tuple[int | str, ...]", '[1, a, "2"]', (1, "a", "2")),
    ("tuple[tuple[int, ...], ...]", "[[1],[]]", ((1,), ())),
    ("tuple['Path', ...] | None", "[a]", (Path("a"),)),
    ("tuple[Literal['a', 'b'], ...]", "[b,a]", ("b", "a")),
]
REFUSED = [
    ("float", "x"), ("float", "nan"), ("float", "inf"), ("float", "none"), ("float", '"1"'), ("float", "[1]"),
    ("float", ""), ("int", "2.0"), ("int", "1e3"), ("int", "true"), ("int", "1_0"), ("bool", "2"), ("bool", "none"),
    ("str", "none"), ("str", ""), ("str", "[a]"), ("Path", "none"), ("Path", ""), ("float | None", "x"),
    ("Literal['a']", "b"), ("Literal[1]", '"1"'), ("tuple[float, ...]", "1"), ("tuple[float, ...]", "[x]"),
    ("tuple[float, ...]", "none"), ("None", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "text", "value"), CONVERSIONS)
def test_conversion(annotation: str, text: str, value: Any) -> None:
    converted = convert(annotation, parse_value(text))
    assert converted == value
    assert type(converted) is type(value)
    if isinstance(value, tuple):
        assert [type(item) for item in converted] == [type(item) for item in value]


@pytest.mark.parametrize(("annotation", "text"), REFUSED)
def test_refused_values(annotation: str, text: str) -> None:
    with pytest.raises(Mismatch):
        convert(annotation, parse_value(text))


@pytest.mark.parametrize(
    "annotation",
    [
        "list[int]", "tuple[int, int]", "tuple", "dict[str, int]", "Any", "torch.Tensor", "complex", "bytes",
        "float | object", "Literal[1.5]", "Literal[Colour.RED]", "Annotated[float, 1]", "Callable[[int], int]",
        "", "1", "float |", "'float |'",
    ],
)  # fmt: skip
def test_annotations_outside_the_grammar(annotation: str) -> None:
    with pytest.raises(Mismatch):
        check_annotation(annotation)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'float | None'", "float | None"),
        ("float", "float"),
        ("'Path' | None", "'Path' | None"),
        ("Literal['a']", "Literal['a']"),
    ],
)
def test_quotes_around_an_annotation(written: str, meant: str) -> None:
    assert unquoted(written) == meant
    check_annotation(meant)


@pytest.mark.parametrize(
    ("annotation", "default", "adopted"),
    [
        ("float", 2, 2.0),
        ("float | None", None, None),
        ("int | float", 10, 10),
        ("float | int", 10, 10),
        ("int | float", 0.5, 0.5),
        ("bool | int", True, True),
        ("Path | None", "a", Path("a")),
        ("str", "none", "none"),
        ("str", "2", "2"),
        ("int | str", "2", "2"),
        ("Literal['none', 'mean']", "none", "none"),
        ("tuple[float, ...]", (1, 2), (1.0, 2.0)),
        ("tuple[float, ...]", [], ()),
    ],
)
def test_defaults_have_the_type_of_the_annotation(annotation: str, default: Any, adopted: Any) -> None:
    found = adopt_default(annotation, default)
    assert found == adopted
    assert type(found) is type(adopted)


@pytest.mark.parametrize(
    ("annotation", "default"),
    [("float", None), ("float", "2"), ("float", True), ("float", 1e999), ("int", 2.0), ("int", True), ("bool", 0),
     ("str", 1), ("Literal['a']", "b"), ("Literal[1]", True), ("tuple[float, ...]", 1.0), ("tuple[int, ...]", (1.5,))],
)  # fmt: skip
def test_defaults_of_another_type(annotation: str, default: Any) -> None:
    with pytest.raises(Mismatch):
        adopt_default(annotation, default)


text = st.text(max_size=8) | st.sampled_from(["none", "true", "1", "1.5", "a,b", "[1]", '"', "help"])
paths = text.filter(lambda part: "\0" not in part).map(Path)
finite = st.floats(allow_nan=False, allow_infinity=False)
TYPED: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(),
    "float": finite,
    "str": text,
    "Path": paths,
    "str | None": st.none() | text,
    "int | str": st.integers() | text,
    "bool | float | str | None": st.booleans() | finite | text | st.none(),
    "bool | Path": st.booleans() | paths,
    "int | Path | None": st.integers() | paths | st.none(),
    "float | int": st.integers() | finite,
    "Literal['none', 'a b', '1', 1, True] | None": st.sampled_from(["none", "a b", "1", 1, True, None]),
    "tuple[str, ...] | None": st.none() | st.lists(text, max_size=3).map(tuple),
    "tuple[int | float | str | None, ...]": st.lists(st.integers() | finite | text | st.none(), max_size=3).map(tuple),
    "tuple[tuple[Path, ...], ...]": st.lists(st.lists(paths, max_size=2).map(tuple), max_size=2).map(tuple),
}


@pytest.mark.parametrize("annotation", TYPED)
@given(data=st.data())
def test_what_is_formatted_reads_back(annotation: str, data: st.DataObject) -> None:
    value = data.draw(TYPED[annotation])
    key, _, written = format_options((Option("x", annotation, None),), {"x": value}).partition("=")
    back = convert(annotation, parse_value(written))
    assert key == "x"
    assert back == value
    assert repr(back) == repr(value)  # True and 1 are equal
