"""Options from a signature: which parameters are options, what is refused, and how problems are told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.options import Option, format_options, nearest, read_signature, resolve_options
from imbalearn_torch.plugin.signature import MISSING
from imbalearn_torch.plugin.spec import Component

CONTEXT = ("class_counts", "num_classes")
FOCAL = (
    Option("gamma", "float", 2.0),
    Option("mode", "Literal['a', 'b']", "a"),
    Option("path", "Path | None", None),
    Option("steps", "tuple[int, ...]", MISSING),
)


def signature_of(factory: Callable[..., Any]) -> Any:
    return read_signature("loss", Component(name="mine", factory=factory), CONTEXT)


def problems_of(text: str, options: tuple[Option, ...] = FOCAL) -> list[str]:
    return resolve_options("loss 'focal'", options, parse_spec(f"focal:{text}").options)[1]


def test_parameters_are_context_or_options() -> None:
    def factory(class_counts: "Tensor", *, gamma: float = 2, num_classes: int = object(), name: str) -> None: ...  # noqa: F821 # pyright: ignore

    found = signature_of(factory)
    assert found.context == {"class_counts": True, "num_classes": False}
    assert found.options == (Option("gamma", "float", 2.0), Option("name", "str", MISSING))
    assert [option.required for option in found.options] == [False, True]
    assert type(found.options[0].default) is float


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (lambda gamma=2: 0, "parameter 'gamma' has no annotation"),
        (lambda targets: 0, "parameter 'targets' has no annotation"),  # context of another kind
        (print, "cannot be known"),
    ],
)
def test_signatures_that_are_refused(factory: Callable[..., Any], message: str) -> None:
    with pytest.raises(ComponentError, match=f"loss 'mine': .*{message}"):
        signature_of(factory)


def test_annotations_and_defaults_that_are_refused() -> None:
    def listed(*, ks: list[int] = ()) -> None: ...  # pyright: ignore[reportArgumentType]

    def objects(*, k: float = object()) -> None: ...  # pyright: ignore[reportArgumentType]

    def mismatched(*, k: float = None) -> None: ...  # noqa: RUF013 # pyright: ignore[reportArgumentType]

    with pytest.raises(ComponentError, match=r"'ks' is annotated 'list\[int\]'; an option is one of bool, int, float"):
        signature_of(listed)
    with pytest.raises(ComponentError, match="the default of 'k' is no literal but <object"):
        signature_of(objects)
    with pytest.raises(ComponentError, match="the default None of 'k' is no float"):
        signature_of(mismatched)


def test_a_wrong_value_is_told_with_option_type_value_and_default() -> None:
    assert problems_of("gamma=x,steps=[]") == [
        "option 'gamma' of loss 'focal' expects float, got 'x' (default 2.0)",
    ]
    assert problems_of("steps=[1,x]") == [
        "option 'steps' of loss 'focal' expects tuple[int, ...], got [1,x] (required)"
    ]
    assert problems_of("path=[a],mode=c,steps=[]") == [
        "option 'mode' of loss 'focal' expects Literal['a', 'b'], got 'c' (default a)",
        "option 'path' of loss 'focal' expects Path | None, got [a] (default none)",
    ]


def test_an_unknown_option_is_told_with_the_nearest_and_all() -> None:
    assert problems_of("gama=2,steps=[]") == [
        "loss 'focal' has no option 'gama'; did you mean 'gamma'? (options: gamma (float, default 2.0), "
        "mode (Literal['a', 'b'], default a), path (Path | None, default none), steps (tuple[int, ...], required))"
    ]
    assert problems_of("zzz=2", ()) == ["loss 'focal' has no option 'zzz' (options: none)"]


def test_every_problem_is_told_at_once() -> None:
    problems = problems_of("gama=2,gamma=none,mode=c")
    assert len(problems) == 4
    assert problems[-1] == "loss 'focal' needs option 'steps' (tuple[int, ...])"


def test_values_come_in_the_order_of_the_signature() -> None:
    values, problems = resolve_options("loss 'focal'", FOCAL, parse_spec("focal:steps=[3],gamma=1").options)
    assert problems == []
    assert list(values.items()) == [("gamma", 1.0), ("mode", "a"), ("path", None), ("steps", (3,))]
    assert format_options(FOCAL, values) == "gamma=1.0,mode=a,path=none,steps=[3]"


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        ("str", "none", 'x="none"'),
        ("Literal['none', 'a']", "none", "x=none"),
        ("Literal['none'] | None", "none", 'x="none"'),
        ("int | str", "2", 'x="2"'),
        ("str", "2", "x=2"),
        ("bool | Path", Path("true"), 'x="true"'),
        ("Path", Path("true"), "x=true"),
        ("tuple[str, ...]", ("none", "b"), 'x=["none",b]'),
    ],
)
def test_strings_are_quoted_only_where_they_must_be(annotation: str, value: object, text: str) -> None:
    assert format_options((Option("x", annotation, MISSING),), {"x": value}) == text


def test_a_default_is_described_as_it_would_be_typed() -> None:
    def factory(*, freeze: Literal["none", "head"] = "none", note: str = "none", lr: float = 1) -> None: ...

    described = [option.describe() for option in signature_of(factory).options]
    assert described == [
        "freeze (typing.Literal['none', 'head'], default none)",
        'note (str, default "none")',
        "lr (float, default 1.0)",
    ]


def test_nearest() -> None:
    assert nearest("focul", ["ce", "focal"]) == "; did you mean 'focal'?"
    assert nearest("zzz", ["ce", "focal"]) == ""
    assert nearest("x", []) == ""
