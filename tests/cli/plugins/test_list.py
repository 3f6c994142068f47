"""`imbalearn plugins list`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_site import HEADER, FakeSite, offers

from imbalearn_torch import __version__
from imbalearn_torch.cli import app
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.plugin.spec import KINDS


def listing(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plugins", "list", *arguments])


@pytest.fixture
def crowd(site: FakeSite) -> FakeSite:
    """A sound plugin, one that fails at import, one that claims names already taken."""
    record = "Component(name='mine', factory='m:x', summary='[Mine]', reference='Me 2024', aliases=('my-own',))"
    site.install("Good.One", f"@hookimpl\ndef imbalearn_losses():\n    yield {record}", version="2.1")
    site.install("failing", "print('loud')\nraise ImportError('no\\nluck')")
    site.install("grabber", offers("losses", "mine", "focal"))
    return site


def test_json(crowd: FakeSite) -> None:
    result = listing("--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == ["components", "plugins"]
    by_name = {(each["kind"], each["full_name"]): each for each in found["components"]}
    assert by_name["loss", "good-one/mine"] == {
        "kind": "loss",
        "name": "mine",
        "full_name": "good-one/mine",
        "summary": "[Mine]",
        "reference": "Me 2024",
        "aliases": ["my-own"],
        "distribution": "good-one",
        "version": "2.1",
        "ambiguous": True,
    }
    assert by_name["loss", "grabber/mine"]["ambiguous"]
    assert not by_name["loss", "grabber/focal"]["ambiguous"]  # `focal` means the built-in
    assert not by_name["loss", "imbalearn-torch/focal"]["ambiguous"]
    assert len(by_name) == len(found["components"]) == len(Registry().entries())
    assert found["plugins"] == [
        {"distribution": "imbalearn-torch", "version": __version__, "status": "ok", "error": None},
        {"distribution": "failing", "version": "1.0", "status": "failed", "error": "ImportError: no luck"},
        {"distribution": "good-one", "version": "2.1", "status": "ok", "error": None},
        {"distribution": "grabber", "version": "1.0", "status": "ok", "error": None},
    ]
    assert "loud" in result.stderr


def test_text(crowd: FakeSite) -> None:
    result = listing()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["kind", "name", "summary", "from"]
    assert any(line.split() == ["loss", "good-one/mine", "[Mine]", "good-one", "2.1"] for line in lines)
    assert any(
        line.startswith("loss      focal ") and line.endswith(f"imbalearn-torch {__version__}") for line in lines
    )
    assert any(line.split() == ["loss", "grabber/focal", "grabber", "1.0"] for line in lines)
    assert lines[-1] == "failed: failing 1.0 (ImportError: no luck)"


ODD = """
@hookimpl
def imbalearn_losses():
    yield Component(name="bare", factory="m:x")
    yield Component(name="old", factory="m:x", summary="Old.", deprecated="bare", aliases=("older", "oldest"))
    yield Component(name="loud", factory="m:x", summary="[red]A[/red]\\n\\x1b[31m loss \\u202e\\udc80.\\x85B",
                    reference="Me\\n2024", deprecated="a\\nb")
"""
LOUD = "[red]A[/red] \\x1b[31m loss \\u202e\\udc80. B"


def test_deprecated_components_are_hidden(site: FakeSite) -> None:
    site.install("odd", ODD)
    names = [line.split()[1] for line in listing("--kind", "loss").stdout.splitlines()]
    assert "bare" in names
    assert not {"old", "loud"} & set(names)
    listed = {each["name"] for each in json.loads(listing("--json").stdout)["components"]}
    assert {"bare", "old", "loud"} <= listed


def test_all(crowd: FakeSite) -> None:
    crowd.install("odd", ODD)
    result = listing("--all", "--kind", "loss")
    assert result.exit_code == 0
    heading, *lines = result.stdout.splitlines()
    starts = [heading.index(column) for column in ("kind", "name", "summary", "reference", "aliases", "from")]
    rows = [
        tuple(line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True))
        for line in lines[:-5]
    ]
    assert ("loss", "good-one/mine", "[Mine]", "Me 2024", "my-own", "good-one 2.1") in rows
    assert ("loss", "old", "(deprecated: use bare) Old.", "", "older, oldest", "odd 1.0") in rows
    assert ("loss", "loud", f"(deprecated: use a b) {LOUD}", "Me 2024", "", "odd 1.0") in rows
    assert {kind for kind, *_ in rows} == {"loss"}
    assert lines[-5:] == [
        f"ok: imbalearn-torch {__version__}",
        "failed: failing 1.0 (ImportError: no luck)",
        "ok: good-one 2.1",
        "ok: grabber 1.0",
        "ok: odd 1.0",
    ]
    assert listing("--all", "--json").stdout == listing("--json").stdout


@pytest.mark.parametrize("terminal", [True, False])
def test_strange_text_stays_on_its_line(site: FakeSite, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("imbalearn_torch.cli.plugins.list._in_terminal", lambda: terminal)
    site.install("odd", ODD)
    site.install("cursing", "raise ImportError('\\x1b[31m\\n\\x07[/red]')")
    lines = listing("--all", "--kind", "loss").stdout.splitlines()
    assert sum(LOUD in line for line in lines) == 1
    assert "failed: cursing 1.0 (ImportError: \\x1b[31m \\x07[/red])" in lines
    assert all(line.rstrip().isprintable() for line in lines)


def test_a_terminal_gets_the_same_cells(crowd: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("imbalearn_torch.cli.plugins.list._in_terminal", lambda: True)
    result = listing("--kind", "loss")
    assert ["loss", "good-one/mine", "[Mine]", "good-one", "2.1"] in [
        line.split() for line in result.stdout.splitlines()
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind(site: FakeSite, kind: str) -> None:
    found = json.loads(listing("--json", "--kind", kind).stdout)
    assert {each["kind"] for each in found["components"]} == {kind}
    assert {line.split()[0] for line in listing("--kind", kind).stdout.splitlines()[1:]} == {kind}


@pytest.mark.parametrize("how", ["option", "environment"])
def test_blocked_plugins(crowd: FakeSite, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "environment":
        monkeypatch.setenv("IMBALEARN_PLUGINS", "")
    arguments = ["--no-plugins"] if how == "option" else []
    found = json.loads(listing("--json", *arguments).stdout)
    assert {each["distribution"] for each in found["components"]} == {"imbalearn-torch"}
    assert [each["status"] for each in found["plugins"]] == ["ok", "blocked", "blocked", "blocked"]
    cause = "IMBALEARN_PLUGINS or --no-plugins does not allow it"
    assert listing(*arguments).stdout.splitlines()[-1] == f"blocked: grabber 1.0 ({cause})"
    assert not crowd.imported("grabber")


def test_files(tmp_path: Path, site: FakeSite) -> None:
    files = FakeSite(tmp_path)
    good = files.write("good_file.py", HEADER + offers("mixes", "mine"))
    bad = files.write("bad_file.py", "1 / 0")
    result = listing("--json", "--plugin", str(good), "--plugin", str(bad), "--plugin", "absent.py")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert "local/mine" in {each["full_name"] for each in found["components"]}
    _, *local = found["plugins"]
    assert [(each["distribution"], each["status"]) for each in local] == [
        ("local", "ok"),
        ("local", "failed"),
        ("local", "failed"),
    ]
    assert local[1]["error"] == f"{bad}: ZeroDivisionError: division by zero"
    assert "absent.py: no such file" in local[2]["error"]


def test_authors_see_the_traceback(crowd: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMBALEARN_PLUGIN_ERRORS", "raise")
    result = listing()
    assert result.exit_code == 1
    assert isinstance(result.exception, ImportError)


def test_a_wrong_kind_is_a_usage_error() -> None:
    result = listing("--kind", "losses")
    assert result.exit_code == 2
    assert "'losses' is not one of 'sampler', 'mix', 'loss'" in result.stderr
