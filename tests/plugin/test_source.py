"""Factories are found in source as the import system would find them, and none of it is run."""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import pytest
from fake_site import FakeSite

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.signature import read_parameters
from imbalearn_torch.plugin.source import find_definition, find_lineage

RAISES = "raise RuntimeError('this module must not run')\n"
LOSS = "class Loss:\n    def __init__(self, *, k: int = 1): ...\n"


def line_of(factory: str) -> int | None:
    definition = find_definition(factory)
    return definition.lineno if definition is not None else None


@pytest.mark.parametrize(
    "file",
    [
        "alone.py",
        "package/__init__.py",
        "package/losses.py",
        "package/sub/losses.py",
        "deep/er/and/er.py",
    ],
)
@pytest.mark.parametrize("regular", [True, False], ids=["packages", "namespace packages"])
def test_modules_that_raise_at_import(site: FakeSite, file: str, regular: bool) -> None:
    if regular:
        for folder in list(Path(file).parents)[:-1]:
            site.write(f"{folder}/__init__.py", RAISES)
    site.write(file, RAISES + LOSS)
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert line_of(f"{module}:Loss") == 2
    assert module not in sys.modules
    assert module.partition(".")[0] not in sys.modules


def test_an_editable_install_by_a_finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = FakeSite(tmp_path / "elsewhere")
    site.write("editable_pkg/__init__.py", RAISES)
    site.write("editable_pkg/losses.py", RAISES + LOSS)

    class Finder:
        """As setuptools writes it for `pip install -e`: it knows the top-level package only."""

        @classmethod
        def find_spec(cls, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            return PathFinder.find_spec(name, [str(site.folder)]) if name == "editable_pkg" else None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert line_of("editable_pkg.losses:Loss") == 2


def test_a_strange_finder_does_no_harm(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @classmethod
        def find_spec(cls, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            raise RuntimeError(name)

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    site.write("plain.py", LOSS)
    assert line_of("plain:Loss") == 1


@pytest.mark.parametrize(
    "source",
    [
        "from collections import Counter as Loss",
        "import collections as Loss",
        f"{LOSS}Loss = print(Loss)",
        f"{LOSS}Loss: type = Loss",
        f"if 1 > 0:\n    {LOSS.replace(chr(10), chr(10) + '    ')}",
        "try:\n    from x import Loss\nexcept ImportError:\n    Loss = None",
        "def __getattr__(name): ...",
        "class Other: ...",
        "def broken(:",
        "x = '\0'",
    ],
)
def test_what_only_an_import_can_tell(site: FakeSite, source: str) -> None:
    site.write("unclear.py", source)
    assert find_definition("unclear:Loss") is None


@pytest.mark.parametrize("factory", ["no_such_module_at_all:Loss", "no.such.module:Loss", "sys:exit", "math:sqrt"])
def test_modules_without_source(factory: str) -> None:
    assert find_definition(factory) is None


def test_the_last_definition_counts(site: FakeSite) -> None:
    site.write(
        "twice.py",
        "if TYPE_CHECKING:\n    from x import Loss\ndef Loss(): ...\nclass Loss: ...\n",
    )
    assert line_of("twice:Loss") == 4


@pytest.mark.filterwarnings("error")
def test_sources_of_another_encoding_or_with_doubtful_escapes(site: FakeSite) -> None:
    site.folder.joinpath("latin.py").write_bytes("# coding: latin-1\nx = 'é'\nclass Loss: ...\n".encode("latin-1"))
    site.write("escapes.py", r"x = '\d'" + "\nclass Loss: ...\n")
    assert line_of("latin:Loss") == 3
    assert line_of("escapes:Loss") == 2


FAMILY = """
class Base:
    def __init__(self, *, k: int = 1): ...

class Child(Base):
    pass

class Grandchild(Child):
    pass

class Two(Base, Child): ...
class Meta(Base, metaclass=type): ...
class Late(Later): ...
class Later: ...
from elsewhere import Far
class Away(Far): ...
class Own(Base):
    __init__ = None
"""


@pytest.mark.parametrize(
    ("name", "lineage"),
    [
        ("Grandchild", ["Grandchild", "Child", "Base"]),
        ("Base", ["Base"]),
        ("Two", ["Two"]),
        ("Meta", ["Meta"]),
        ("Late", ["Late"]),
        ("Away", ["Away"]),
        ("Absent", []),
    ],
)
def test_the_bases_of_a_class_in_its_module(site: FakeSite, name: str, lineage: list[str]) -> None:
    site.write("family.py", RAISES + FAMILY)
    assert [each.name for each in find_lineage(f"family:{name}")] == lineage


def test_an_inherited_init_is_read_without_importing(site: FakeSite) -> None:
    site.write("relatives.py", RAISES + FAMILY)
    assert [each.name for each in read_parameters("relatives:Grandchild")] == ["k"]
    with pytest.raises(ComponentError, match="this module must not run"):  # only an import can tell
        read_parameters("relatives:Own")
