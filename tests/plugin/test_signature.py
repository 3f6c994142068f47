"""Parameters of factories: from source without an import, else from the object; what cannot be known is refused."""

import functools
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Optional, Union

import pytest
import torch
from fake_site import FakeSite

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.signature import MISSING, NotLiteral, Parameter, import_factory, read_parameters

RAISES = "raise RuntimeError('this module must not run')\n"


def pairs(factory: object) -> list[tuple[str, str | None, object]]:
    return [(each.name, each.annotation, each.default) for each in read_parameters(factory)]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "definition",
    [
        "class F:\n    def __init__(self, class_counts: Tensor, *, gamma: float = -2, name: str | None = None): ...",
        "class F(nn.Module):\n    x = 1\n    def __init__(self, class_counts: Tensor, gamma: float = -2, "
        "name: str | None = None) -> None: ...",
        "def F(class_counts: Tensor, *, gamma: float = -2, name: str | None = None) -> nn.Module: ...",
        "class F:\n    def __init__(self, /, class_counts: Tensor, *, gamma: float = -2, name: str | None = None): ...",
    ],
)
@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_parameters_from_a_source_that_raises_when_run(site: FakeSite, definition: str, future: str) -> None:
    site.write("unrun.py", future + RAISES + definition)
    assert pairs("unrun:F") == [
        ("class_counts", "Tensor", MISSING),
        ("gamma", "float", -2),
        ("name", "str | None", None),
    ]
    assert "unrun" not in sys.modules


KEEP = "import functools\ndef keep(f):\n    @functools.wraps(f)\n    def g(*a, **k): return f(*a, **k)\n    return g\n"
IMPORTED = {
    "inherits __init__": "class Base:\n    def __init__(self, *, gamma: float = 2.0): ...\nclass F(Base): ...",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass F:\n    gamma: float = 2.0",
    "decorated": f"{KEEP}@keep\ndef F(*, gamma: float = 2.0): ...",
    "decorated __init__": f"{KEEP}class F:\n    @keep\n    def __init__(self, *, gamma: float = 2.0): ...",
    "partial": "import functools\ndef f(scale, *, gamma: float = 1.0): ...\nF = functools.partial(f, 3, gamma=2.0)",
    "re-exported": "from imbalearn_test_home import F",
    "lazily re-exported": "def __getattr__(name):\n    import imbalearn_test_home as h\n    return getattr(h, name)",
    "class method": "class G:\n    @classmethod\n    def make(cls, *, gamma: float = 2.0): ...\nF = G.make",
    "metaclass": "class M(type):\n    pass\nclass F(metaclass=M):\n    def __init__(self, *, gamma: float = 2.0): ...",
    "named tuple": "from typing import NamedTuple\nclass F(NamedTuple):\n    gamma: float = 2.0",
}


def test_a_forward_reference_inside_an_annotation() -> None:
    def factory(*, gamma: Optional["float"] = None) -> None: ...

    assert read_parameters(factory)[0].annotation in {"typing.Optional[float]", "float | None"}


@pytest.mark.parametrize("source", IMPORTED.values(), ids=IMPORTED)
@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_where_the_source_is_not_enough_the_factory_is_imported(site: FakeSite, source: str, future: str) -> None:
    site.write("imbalearn_test_home.py", "def F(*, gamma: float = 2.0): ...")
    site.write("needs_import.py", future + source)
    assert pairs("needs_import:F") == [("gamma", "float", 2.0)]


def test_an_attribute_of_an_attribute(site: FakeSite) -> None:
    site.write("nested.py", "class G:\n    @classmethod\n    def make(cls, *, gamma: float = 2.0): ...")
    assert pairs("nested:G.make") == [("gamma", "float", 2.0)]


def test_annotations_of_imported_objects_are_spelled_as_text() -> None:
    def factory(
        *,
        a: float,
        b: float | None = None,
        c: Optional[int] = None,  # noqa: UP045
        d: Union[str, Path] = "x",  # noqa: UP007
        e: Literal["p", "q"] = "p",
        f: tuple[float, ...] = (1.0,),
        g: Path | None = None,
        h: "float | None" = None,
        targets: torch.Tensor,
        i=1,
    ) -> None: ...

    found = {each.name: each.annotation for each in read_parameters(factory)}
    assert (found["a"], found["b"], found["f"], found["h"], found["i"]) == (
        "float", "float | None", "tuple[float, ...]", "float | None", None,
    )  # fmt: skip
    assert found["c"] in {"typing.Optional[int]", "int | None"}  # Python 3.14 made the two one
    assert found["d"] in {"typing.Union[str, pathlib.Path]", "str | pathlib.Path"}
    assert found["e"] == "typing.Literal['p', 'q']"
    assert found["g"] == "pathlib.Path | None"


def test_callables() -> None:
    @dataclass
    class Data:
        targets: torch.Tensor
        gamma: float = 2.0

    def function(scale: float, *, gamma: float = 1.0) -> None: ...

    assert pairs(Data) == [("targets", "Tensor", MISSING), ("gamma", "float", 2.0)]
    assert pairs(functools.partial(function, gamma=3.0)) == [("scale", "float", MISSING), ("gamma", "float", 3.0)]
    assert pairs(lambda: None) == []


def test_a_module_without_init_has_no_parameters(site: FakeSite) -> None:
    site.write("bare_module.py", "from torch import nn\nclass F(nn.Module):\n    def forward(self, x): return x\n")
    assert read_parameters("bare_module:F") == ()
    assert read_parameters(torch.nn.Module) == ()


@pytest.mark.parametrize(
    "parameters",
    ["*args", "**kwargs", "*, gamma: float = 1, **kwargs", "gamma: float, /", "gamma: float = 1, /, *, x: int"],
)
@pytest.mark.parametrize("form", ["def F({}): ...", "class F:\n    def __init__(self, {}): ...", "F = lambda {}: 0"])
def test_parameters_that_cannot_be_known(site: FakeSite, parameters: str, form: str) -> None:
    if form.startswith("F"):
        parameters = parameters.replace(": float", "").replace(": int", "")
    site.write("unknowable.py", form.format(parameters))
    with pytest.raises(ComponentError, match=r"\*args or \*\*kwargs|positional-only"):
        read_parameters("unknowable:F")


@pytest.mark.parametrize("default", ["GAMMA", "float('inf')", "1 / 3", "Path('x')", "[x for x in ()]", "{[]: 1}"])
def test_defaults_that_are_no_literals_in_source(site: FakeSite, default: str) -> None:
    site.write("defaults.py", f"{RAISES}def F(*, gamma: float = {default}): ...")
    assert pairs("defaults:F") == [("gamma", "float", NotLiteral(default))]


@pytest.mark.parametrize("default", [object(), float("inf"), Path("x"), torch.float32, torch.zeros(2), {Path("x")}])
def test_defaults_that_are_no_literals_in_an_object(default: object) -> None:
    def factory(*, gamma: float = default) -> None: ...  # pyright: ignore[reportArgumentType]

    assert pairs(factory) == [("gamma", "float", NotLiteral(repr(default)))]


def test_a_default_factory_is_no_literal() -> None:
    @dataclass
    class Data:
        ratios: tuple[float, ...] = field(default_factory=tuple)

    (parameter,) = read_parameters(Data)
    assert isinstance(parameter.default, NotLiteral)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ImportError('no luck')", "ImportError: no luck"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        ("x = 1", "AttributeError"),
        ("F = 3", "no callable but a int"),
    ],
)
def test_factories_that_cannot_be_imported(site: FakeSite, source: str, message: str) -> None:
    site.write("failing.py", source)
    with pytest.raises(ComponentError, match=message):
        read_parameters("failing:F")
    with pytest.raises(ComponentError, match=message):
        import_factory("failing:F")


def test_what_a_module_prints_goes_to_stderr(site: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site.write("loud_factory.py", "print('hello')\ndef F(): ...")
    assert import_factory("loud_factory:F").__name__ == "F"
    assert capsys.readouterr() == ("", "hello\n")


def test_parameters_compare_by_value() -> None:
    assert read_parameters(lambda x=1: x) == (Parameter("x", None, 1),)
