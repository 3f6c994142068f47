"""What `NAME:help` prints."""

import shlex
import sys
from functools import partial

import pytest
from fake_site import FakeSite

from imbalearn_torch import __version__
from imbalearn_torch.cli.options_help import argument_docs, component_help, one_line, shown, table_help
from imbalearn_torch.errors import UnknownComponentError
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

SOURCE = '''
raise RuntimeError("this module must not run")

class Sharp:
    """A loss.

    Args:
        class_counts: Context, not shown.
        gamma (float): How sharp: the larger, the sharper,
            and never negative.
        mode: One of two.

    Raises:
        OptionError: mode: never shown.
    """

    def __init__(self, class_counts: object, *, gamma: float = 2, mode: str | None = None, path: int = 3): ...

def needy(*, path: Path, size: int, flag: bool = False): ...
'''
HOOK = """
@hookimpl
def imbalearn_losses():
    yield Component(name="sharp", factory="sharp_parts:Sharp", summary="A sharp loss.", reference="Me 2024",
                    aliases=("keen",), deprecated="focal", neutral="gamma=0")
@hookimpl
def imbalearn_datasets():
    yield Component(name="needy", factory="sharp_parts:needy")
"""


def test_a_component(site: FakeSite) -> None:
    site.write("sharp_parts.py", SOURCE)
    site.install("sharpness", HOOK, version="3.2")
    assert (
        component_help("loss", "Keen", Registry())
        == """\
loss sharp (sharpness 3.2)
  A sharp loss.
  Me 2024
  also called: keen
  deprecated: use focal
  does nothing with: gamma=0

options:
  gamma  float       default 2.0
      How sharp: the larger, the sharper, and never negative.
  mode   str | None  default none
      One of two.
  path   int         default 3

example: --loss sharp:gamma=2.0"""
    )
    assert component_help("loss", "sharpness/sharp", Registry()).endswith("example: --loss sharpness/sharp:gamma=2.0")
    assert "sharp_parts" not in sys.modules


def test_required_options_stand_in_the_example(site: FakeSite) -> None:
    site.write("sharp_parts.py", SOURCE)
    site.install("sharpness", HOOK)
    assert (
        component_help("dataset", "needy", Registry())
        == """\
dataset needy (sharpness 1.0)

options:
  path  Path  required
  size  int   required
  flag  bool  default false

example: --data needy:path=PATH,size=SIZE"""
    )


def test_every_builtin_has_help_and_an_example_that_works() -> None:
    known = Registry()
    for entry in known.entries():
        if entry.distribution != "imbalearn-torch":
            continue
        text = component_help(entry.kind, entry.name, known)
        assert text.startswith(
            f"{entry.kind} {entry.name} (imbalearn-torch {__version__})\n  {entry.component.summary}\n"
        )
        flag, _, example = text.splitlines()[-1].removeprefix("example: ").partition(" ")
        assert flag in {"--data", "--adjust", f"--{entry.kind}"}
        if not any(option.required for option in entry.signature().options):
            [spec] = shlex.split(example)
            assert resolve(entry.kind, spec, known).entry == entry


def test_a_table_row() -> None:
    def step(*, every: int = 30) -> None:
        """Lower it.

        Args:
            every: Epochs.
        """

    def constant() -> None: ...

    table = Table(
        "schedule",
        (),
        (Component(name="step", factory=step, summary="Steps."), Component(name="constant", factory=constant)),
    )
    assert (
        table_help(table, "STEP")
        == """\
schedule step
  Steps.

options:
  every  int  default 30
      Epochs.

example: step:every=30"""
    )
    assert table_help(table, "constant") == "schedule constant\n\nno options\n\nexample: constant"


def test_an_unknown_name() -> None:
    with pytest.raises(UnknownComponentError, match="did you mean 'focal'"):
        component_help("loss", "focul", Registry())
    with pytest.raises(UnknownComponentError, match="no schedule named 'x'"):
        table_help(Table("schedule", (), ()), "x")


def test_the_example_is_quoted_for_a_shell() -> None:
    def noted(*, text: str = "a,'b'", size: int = 3) -> None: ...

    row = Component(name="noted", factory=noted)
    assert table_help(Table("schedule", (), (row,)), "noted").splitlines()[-1].startswith("example: 'noted:text=")
    line = table_help(Table("schedule", (), (row,)), "noted").splitlines()[-1]
    assert shlex.split(line)[1:] == ["noted:text=\"a,'b'\""]


def test_strange_text_is_spelled_out(site: FakeSite) -> None:
    assert shown("é [b]\x1b[31m\t\u202e\udc80\n") == "é [b]\\x1b[31m\\t\\u202e\\udc80\\n"
    assert one_line(" a\n\tb\x85c\u2028d\x07") == "a b c d\\x07"
    site.install("odd", """
        def make(*, size: int = 1):
            \'\'\'Make.

            Args:
                size: How \\x1b[31mbig.
            \'\'\'
        @hookimpl
        def imbalearn_losses():
            yield Component(name="loud", factory=make, summary="A\\n\\x1b[31mB", reference="C\\x07", neutral="s\\r=1",
                            deprecated="D\\n")
        """, version="1\x1b[31m")  # fmt: skip
    assert component_help("loss", "loud", Registry()).splitlines() == [
        "loss loud (odd 1\\x1b[31m)",
        "  A \\x1b[31mB",
        "  C\\x07",
        "  deprecated: use D",
        "  does nothing with: s =1",
        "",
        "options:",
        "  size  int  default 1",
        "      How \\x1b[31mbig.",
        "",
        "example: --loss loud:size=1",
    ]


def test_a_component_found_by_an_alias_is_called_by_a_name_that_works(site: FakeSite) -> None:
    for name, alias in (("one", "first"), ("two", "second")):
        record = f"Component(name='mine', factory=make, aliases=({alias!r},))"
        site.install(name, f"def make(): ...\n@hookimpl\ndef imbalearn_losses():\n    yield {record}")
    assert component_help("loss", "second", Registry()).startswith("loss two/mine (two 1.0)\n")


class Base:
    """Documented.

    Args:
        first: Of the class.
    """

    def __init__(self, *, first: int = 1, second: int = 2) -> None:
        """Made.

        Args:
            first: Of the method.
            second: Only here.
        """


def test_docs_of_the_class_and_of_its_init(site: FakeSite) -> None:
    expected = {"first": "Of the class.", "second": "Only here."}
    assert argument_docs(Base) == expected
    assert argument_docs(f"{__name__}:Base") == expected
    site.write("exporting.py", "from collections import OrderedDict as Base\nBase = object()")
    assert argument_docs("exporting:Base") == {}  # no callable


def test_docs_of_a_factory_that_is_exported_elsewhere(site: FakeSite) -> None:
    site.write("inner_parts.py", "def make(*, size: int):\n    '''Make.\n\n    Args:\n        size: Big.\n    '''")
    site.write("outer_parts.py", "from inner_parts import make")
    assert argument_docs("outer_parts:make") == {"size": "Big."}


def test_docs_of_factories_without_docstring_or_source() -> None:
    assert argument_docs("no_such_module_at_all:x") == {}
    assert argument_docs(lambda: None) == {}
    assert argument_docs(partial(int)) == {}
    assert argument_docs("math:sqrt") == {}
