"""Isolation: nothing of a plugin is seen while it is not touched, one line when it is listed, its cause in a lookup."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_site import FakeSite, offers
from faulty_plugins import FAULTS, GOOD, HOOK

from imbalearn_torch.cli import app
from imbalearn_torch.errors import ComponentError, UnknownComponentError
from imbalearn_torch.plugin.registry import Registry

RUDE = """\
import logging, os, sys, warnings
print("print")
sys.stdout.write("write\\n")
logging.basicConfig(level=logging.DEBUG)
logging.error("log")
warnings.warn("warn")
os.chdir("/")
sys.stdout = None
"""
BLOCKED = "IMBALEARN_PLUGINS or --no-plugins does not allow it"


@dataclass(frozen=True)
class Case:
    """A plugin `bad` 1.0 beside a sound one; `cause` is None where it is sound itself."""

    source: str
    cause: str | None = None
    status: str = "ok"
    name: str = "good"
    ambiguous: bool = False


CASES = {
    "works": Case(GOOD),
    "clash with a built-in": Case(offers("losses", "focal"), name="focal"),
    "clash between two": Case(offers("losses", "nice-loss"), name="nice-loss", ambiguous=True),
    "slow import": Case("import time\ntime.sleep(0.05)\n" + GOOD),
    "blocked": Case(GOOD, BLOCKED, "blocked"),
    **{name: Case(source, cause, "failed") for name, (source, cause) in FAULTS.items()},
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_trouble = pytest.mark.parametrize(
    "case", [each for each in CASES.values() if each.cause], ids=[name for name, each in CASES.items() if each.cause]
)
every_fault = pytest.mark.parametrize(("source", "cause"), FAULTS.values(), ids=FAULTS)


def imbalearn(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def install(site: FakeSite, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("bad", case.source)
    site.install("nice", offers("losses", "nice-loss", factory="nice:Loss") + "\nclass Loss:\n    pass\n")
    if case.status == "blocked":
        monkeypatch.setenv("IMBALEARN_PLUGINS", "nice")


@every_case
def test_untouched_it_is_never_run(site: FakeSite, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    install(site, case, monkeypatch)
    for arguments, exit_code in (
        (["--help"], 0),
        (["plugins", "--help"], 0),
        (["run", "--loss", "FOCAL:help"], 0),
        (["run", "--loss", "imbalearn_torch/ce", "--sampler", "balanced:nonsense=1"], 2),
    ):
        done = imbalearn(*arguments)
        assert done.exit_code == exit_code
        assert "bad" not in done.output
    assert not site.imported("bad")


def test_a_run_of_builtins_runs_no_stranger(site: FakeSite) -> None:
    modules = [site.install(f"bad{number}", case.source) for number, case in enumerate(CASES.values())]
    done = imbalearn("run", "--sampler", "balanced", "--loss", "ce", "--dry-run", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["warnings"] == []
    assert "bad" not in done.output
    assert [module for module in modules if site.imported(module)] == []


@every_case
def test_listed_it_takes_one_line(site: FakeSite, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    install(site, case, monkeypatch)
    done = imbalearn("plugins", "list")
    assert (done.exit_code, done.stderr) == (0, "")
    (line,) = [line for line in done.stdout.splitlines() if "bad 1.0" in line]
    if case.cause is not None:
        assert line.startswith(f"{case.status}: bad 1.0 (")
        assert case.cause in line
    else:
        shown = case.name if case.name == "good" else f"bad/{case.name}"
        assert line.split() == ["loss", shown, "bad", "1.0"]


@every_case
def test_the_status_in_json(site: FakeSite, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    install(site, case, monkeypatch)
    done = imbalearn("plugins", "list", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    _, bad, nice = found["plugins"]
    assert (bad["distribution"], bad["version"], bad["status"]) == ("bad", "1.0", case.status)
    assert (case.cause or "") in (bad["error"] or "")
    assert "\n" not in (bad["error"] or "")
    assert nice == {"distribution": "nice", "version": "1.0", "status": "ok", "error": None}
    offered = [(each["full_name"], each["ambiguous"]) for each in found["components"] if each["distribution"] == "bad"]
    assert offered == ([] if case.cause else [(f"bad/{case.name}", case.ambiguous)])
    assert not (site.imported("bad") and case.status == "blocked")


@every_case
def test_a_neighbour_stays_usable(site: FakeSite, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    install(site, case, monkeypatch)
    assert imbalearn("run", "--loss", "nice/nice-loss:help").exit_code == 0
    assert not site.imported("bad")
    short = imbalearn("run", "--loss", "nice-loss:help")
    assert short.exit_code == (2 if case.ambiguous else 0)
    assert ("write bad/nice-loss or nice/nice-loss" in short.stderr) == case.ambiguous


@every_trouble
@pytest.mark.parametrize("name", ["good", "bad/good", "Bad/anything"])
def test_a_lookup_that_fails_tells_the_cause(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, case: Case, name: str
) -> None:
    install(site, case, monkeypatch)
    done = imbalearn("run", "--loss", name)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: no loss named '{name.lower()}'")
    if case.status == "failed":
        assert case.cause is not None
        assert "bad 1.0" in line
        assert case.cause in line
    else:
        assert "blocked" in line
        assert "bad" in line.replace(name, "")


@every_fault
def test_authors_can_have_the_error_raised(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, source: str, cause: str
) -> None:
    site.install("bad", source)
    monkeypatch.setenv("IMBALEARN_PLUGIN_ERRORS", "raise")
    with pytest.raises(BaseException) as caught:
        Registry().plugins()
    if "cannot be shown" not in cause:
        assert cause in f"{caught.typename}: {caught.value}"


def test_an_interrupt_at_import_stops_the_command(site: FakeSite) -> None:
    site.install("bad", "raise KeyboardInterrupt")
    done = imbalearn("plugins", "list")
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "error: interrupted\n")


def test_a_rude_plugin_in_a_process_of_its_own(site: FakeSite) -> None:
    site.install("bad", RUDE + GOOD)
    file = site.write("rude_file.py", "from imbalearn_torch import Component, hookimpl\n" + RUDE + GOOD)
    done = subprocess.run(
        [sys.executable, "-m", "imbalearn_torch", "plugins", "list", "--json", "--plugin", file.name],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site.folder), os.environ.get("PYTHONPATH", "")])},
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {each["distribution"]: each["status"] for each in json.loads(done.stdout)["plugins"]}
    assert (found["bad"], found["local"]) == ("ok", "ok")
    assert {"print", "write", "ERROR:root:log"} <= set(done.stderr.splitlines())
    assert "UserWarning: warn" in done.stderr


def test_a_change_of_folder_is_undone(site: FakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    site.install("bad", "import os\nos.chdir('/')\n" + GOOD)
    site.install("worse", "import os\nos.chdir('/')\nraise ImportError")
    assert [plugin.status for plugin in Registry().plugins()] == ["ok", "ok", "failed"]
    assert Path.cwd() == tmp_path


def test_a_module_may_put_an_object_in_its_place(site: FakeSite) -> None:
    source = """
        import sys

        class Plugin:
            @hookimpl
            def imbalearn_losses(self):
                yield Component(name="good", factory="m:x")

        sys.modules[__name__] = Plugin()
    """
    site.install("bad", source)
    assert Registry().find("loss", "good").full_name == "bad/good"


def test_records_are_kept_as_plain_components(site: FakeSite) -> None:
    source = """
        class Text(str):
            def __eq__(self, other):
                raise RuntimeError
            def __hash__(self):
                raise RuntimeError
            def __str__(self):
                raise RuntimeError

        class Odd(Component):
            def __eq__(self, other):
                raise RuntimeError

        @hookimpl
        def imbalearn_losses():
            yield Odd(name=Text("good"), factory=Text("m:x"), aliases=(Text("fine"),))
    """
    site.install("bad", source)
    (plugin,) = Registry().plugins()[1:]
    assert plugin.error is None
    component = Registry().find("loss", "fine").component
    assert [type(each) for each in (component.name, component.factory, *component.aliases)] == [str, str, str]
    assert (component.name, component.factory, component.aliases) == ("good", "m:x", ("fine",))


@pytest.mark.parametrize(
    ("factory", "cause"),
    [
        ("class Factory:\n    __call__ = None\n    __signature__ = property(lambda self: 1 / 0)", "ZeroDivisionError"),
        ("class Factory:\n    def __call__(self, **rest): pass", r"takes \*args or \*\*kwargs"),
        ("class Factory:\n    def __call__(self, *, k: object() = 1): pass", "parameter 'k' is annotated '<object"),
    ],
)
def test_an_object_that_cannot_be_asked_for_its_options(site: FakeSite, factory: str, cause: str) -> None:
    site.install("bad", f"{factory}\n{HOOK}():\n    yield Component(name='good', factory=Factory())")
    entry = Registry().find("loss", "good")
    with pytest.raises(ComponentError, match=rf"^loss '(bad/)?good': .*{cause}"):
        entry.signature()


def test_a_factory_that_cannot_be_imported_is_told_with_its_component(site: FakeSite) -> None:
    site.write("bad_loss.py", "raise ImportError('no luck')\nclass Loss:\n    def __init__(self): pass")
    site.install("bad", offers("losses", "good", factory="bad_loss:Loss"))
    done = imbalearn("run", "--loss", "good", "--dry-run")
    cause = "the factory 'bad_loss:Loss' cannot be imported: ImportError: no luck"
    assert (done.exit_code, done.stderr) == (2, f"error: loss 'bad/good': {cause}\n")


def test_a_distribution_without_metadata_and_with_a_strange_entry_point_harms_nobody(site: FakeSite) -> None:
    site.describe("nameless", "[imbalearn_torch]\nx = not a module\n", metadata=False)
    site.describe("strange", "[imbalearn_torch]\nx = not a module\n")
    site.install("nice", GOOD)
    known = Registry()
    assert known.find("loss", "good").full_name == "nice/good"
    assert [(each.distribution, each.status) for each in known.plugins()[1:]] == [("nice", "ok"), ("strange", "failed")]
    with pytest.raises(UnknownComponentError, match=r"failed plugin strange 1\.0 \(AttributeError"):
        known.find("loss", "strange/good")
