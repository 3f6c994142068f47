"""docs/plugins/reference.md is what the registry says, on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_site import FakeSite, offers

from docs import reference
from docs.reference import PAGE, page
from imbalearn_torch.conformance import checks_of
from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Entry, Registry
from imbalearn_torch.plugin.spec import CONTEXT, HOOKS, KINDS

BUILTINS = Registry(allowed=frozenset())
ENTRIES = [pytest.param(entry, id=f"{entry.kind}:{entry.name}") for entry in BUILTINS.entries()]


@pytest.fixture(scope="module")
def text() -> str:
    return page()


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    assert text.count(f"\n{heading}\n") == 1
    return text.partition(f"\n{heading}\n")[2].partition("\n#")[0]


def test_the_committed_page_is_the_generated_one(text: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == text, "run `python -m docs.reference`"


def test_strangers_do_not_change_it(text: str, site: FakeSite) -> None:
    site.install("strange", offers("losses", "strange-loss"))
    assert page() == text


def test_it_is_written_where_it_belongs(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PAGE", tmp_path / "reference.md")
    reference.main()
    assert (tmp_path / "reference.md").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_builtin_stands_there_with_options_and_context(entry: Entry, text: str) -> None:
    found = section(text, f"### {entry.kind}:{entry.name}")
    component, signature = entry.component, entry.signature()
    assert component.summary in found
    assert component.reference in found
    rows = [line.partition(" | ")[0] for line in found.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{option.name}`" for option in signature.options]
    for name in (*component.aliases, *signature.context):
        assert f"`{name}`" in found


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_example_names_the_component_and_its_options(entry: Entry, text: str) -> None:
    example = section(text, f"### {entry.kind}:{entry.name}").rpartition("Example: `")[2].partition("`")[0]
    spec = example.split()[-1]
    required = [option.name for option in entry.signature().options if option.required]
    try:
        found = resolve(entry.kind, spec.strip("'"), BUILTINS)
    except OptionError as error:  # a word such as WEIGHTS that stands for a value
        assert required
        assert "expects" in str(error)
    else:
        assert found.entry == entry


@pytest.mark.parametrize("kind", KINDS)
def test_every_check_of_a_kind_stands_there(kind: str, text: str) -> None:
    found = section(text, "### Checks of every kind")
    found += section(text, f"### Checks of {HOOKS[kind].removeprefix('imbalearn_')}")
    for check in checks_of(kind):
        assert f"| `{check.name}` | {check.summary} |" in found


@pytest.mark.parametrize("kind", KINDS)
def test_every_hook_stands_there_with_its_context(kind: str, text: str) -> None:
    (row,) = [line for line in section(text, "## Hooks").splitlines() if f"`{HOOKS[kind]}`" in line]
    assert ", ".join(f"`{name}`" for name in CONTEXT[kind]) in row
