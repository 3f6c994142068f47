"""Option strings: splitting, values, and the round trip through `format_spec`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.grammar import Bare, Spec, format_spec, format_value, parse_spec, parse_value, split_outside

words = st.text(min_size=1)
names = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda name: name != "help")
keys = st.from_regex(r"[a-z_][a-z0-9_]*", fullmatch=True)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), words)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)


def as_parsed(value: object) -> object:
    """What parsing gives for a typed value: words, quoted strings as themselves, lists."""
    if isinstance(value, tuple):
        return [as_parsed(item) for item in value]
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return value if isinstance(value, str) else repr(value).replace("e+", "e")


@given(name=names, options=st.dictionaries(keys, values, max_size=4))
def test_parse_is_the_inverse_of_format(name: str, options: dict[str, object]) -> None:
    text = format_spec(name, options)
    assert parse_spec(text) == Spec(name, {key: as_parsed(value) for key, value in options.items()})


@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        spec = parse_spec(text)
    except OptionError:
        return
    assert spec.name


@given(words)
def test_quotes_carry_any_string(text: str) -> None:
    parsed = parse_value(format_value(text, quote=True))
    assert parsed == text
    assert not isinstance(parsed, Bare)


@given(words)
def test_a_string_in_a_chain_of_augmentations_stays_whole(text: str) -> None:
    whole = format_spec("a", {"x": text, "y": 1e30})
    assert split_outside(f"{whole}+flip", "+") == [whole, "flip"]


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("ce", "ce", {}),
        (" focal : gamma = 2 ", "focal", {"gamma": "2"}),
        ("folder:path=a:b=c", "folder", {"path": "a:b=c"}),  # the first `:` and the first `=` split, no others
        ('folder:path="a,b",size=8', "folder", {"path": "a,b", "size": "8"}),
        (r'folder:path="a\",b"', "folder", {"path": 'a",b'}),
        ("x:a=[1,2],b=3", "x", {"a": ["1", "2"], "b": "3"}),
        ("x:a=[[1,2],[]],b=[ ]", "x", {"a": [["1", "2"], []], "b": []}),
        ('x:a=["1,2", 3]', "x", {"a": ["1,2", "3"]}),
        ("x:p=photos (1,2)", "x", {"p": "photos (1,2)"}),
        ("x:weight-decay=1e-4", "x", {"weight_decay": "1e-4"}),
        ("my-dist/my-loss:k=none", "my-dist/my-loss", {"k": "none"}),
        ("x:p=", "x", {"p": ""}),
        ("Über:ä=ö", "Über", {"ä": "ö"}),
    ],
)
def test_reading(text: str, name: str, options: dict[str, object]) -> None:
    assert parse_spec(text) == Spec(name, options)


def test_only_words_without_quotes_are_bare() -> None:
    spec = parse_spec('x:a=1,b="1",c=[1,"1"]')
    assert [type(value) for value in (spec.options["a"], spec.options["b"], *spec.options["c"])] == [
        Bare,
        str,
        Bare,
        str,
    ]


@pytest.mark.parametrize("text", ["focal:help", "focal: help "])
def test_help_is_no_option(text: str) -> None:
    assert parse_spec(text) == Spec("focal", {}, help=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expected NAME"),
        (":gamma=2", "Expected NAME"),
        ("focal:", "Expected key=value after ':'"),
        ("focal:2", "Expected key=value, but got '2'"),
        ("focal:=2", "Expected key=value, but got '=2'"),
        ("focal:gamma=2,", "Expected key=value, but got ''"),
        ("focal:gamma=2,gamma=3", "'gamma' is given twice"),
        ("focal:a-b=2,a_b=3", "'a_b' is given twice"),
        ("focal:help,gamma=2", "Expected key=value, but got 'help'"),
        ("x:a=[1,2", "a bracket without its partner"),
        ("x:a=1]", "a bracket without its partner"),
        ('x:a="1', "a quote without its partner"),
        ('x:a="1"2', "no JSON string"),
        (r'x:a="\q"', "no JSON string"),
        ("x:a=[1]2", "starts a list but does not end one"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message.replace("[", r"\[")):
        parse_spec(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "true"),
        (2, "2"),
        (2.0, "2.0"),
        (0.1, "0.1"),
        (1e20, "1e20"),
        (1e-5, "1e-05"),
        ("none", '"none"'),
        ("", '""'),
        (" a", '" a"'),
        ("a b", "a b"),
        ("C++", '"C++"'),
        ("Zürich", "Zürich"),
        ("\udcff", r'"\udcff"'),  # a file name that is no UTF-8
        (Path("a,b"), '"a,b"'),
        ((1, 2.5), "[1,2.5]"),
        ((), "[]"),
        ((("a", None),), "[[a,none]]"),
    ],
)
def test_spelling(value: object, text: str) -> None:
    assert format_value(value) == text
