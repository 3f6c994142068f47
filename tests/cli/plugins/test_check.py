"""`imbalearn plugins check`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fake_site import HEADER, FakeSite, offers

from imbalearn_torch import __version__
from imbalearn_torch.cli import app
from imbalearn_torch.conformance import report

LOSS = """
import torch


class MyLoss(torch.nn.Module):
    def __init__(self, *, reduction: str = "mean"):
        print("loud")
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        return torch.nn.functional.cross_entropy(logits, targets, reduction=self.reduction)
"""
GOOD = """
@hookimpl
def imbalearn_losses():
    yield Component(name="mine", factory="my_loss:MyLoss", summary="[Mine]", reference="Me 2024")
"""
KEYS = [
    "distribution", "version", "status", "load_seconds", "heavy_imports", "failures", "warnings", "skipped", "passed",
]  # fmt: skip
BLOCKED = "IMBALEARN_PLUGINS or --no-plugins does not allow it"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plugins", "check", *arguments])


def records(*arguments: str, exit_code: int = 0) -> dict[str, dict[str, Any]]:
    """What JSON says, by distribution."""
    done = check("--json", *arguments)
    assert done.exit_code == exit_code, done.output
    found = json.loads(done.stdout)
    assert list(found) == ["plugins"]
    assert all(list(record) == KEYS for record in found["plugins"])
    return {record["distribution"]: record for record in found["plugins"]}


@pytest.fixture
def good(site: FakeSite) -> FakeSite:
    """A sound plugin, `nice` 2.1, is installed."""
    site.write("my_loss.py", LOSS)
    site.install("nice", GOOD, version="2.1")
    return site


@pytest.fixture
def no_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records only: the suite has tests of its own."""
    monkeypatch.setattr(report, "run_suite", lambda entries: iter(()))


def test_a_sound_plugin_in_json(good: FakeSite) -> None:
    found = records()["nice"]
    assert (found["version"], found["status"], found["heavy_imports"]) == ("2.1", "ok", [])
    assert (found["failures"], found["warnings"]) == ([], [])
    assert found["passed"] > 10
    assert 0 < found["load_seconds"] < 1
    assert all(list(each) == ["component", "check", "message"] for each in found["skipped"])


def test_a_sound_plugin_in_text(good: FakeSite) -> None:
    done = check("Nice")
    assert done.exit_code == 0
    first, counts, last = done.stdout.splitlines()
    assert first.startswith("nice 2.1: loaded in 0.")
    assert counts.startswith("  ")
    assert "checks passed, " in counts
    assert last == "no plugins failed, no warnings"
    assert "loud" in done.stderr


def test_skipped_checks_on_demand(good: FakeSite) -> None:
    (record,) = records().values()
    lines = check("--verbose").stdout.splitlines()
    assert record["skipped"]
    for each in record["skipped"]:
        assert f"  skipped: loss:mine: {each['check']}: {each['message']}" in lines


def test_what_fails_and_what_warns(good: FakeSite, no_suite: None) -> None:
    good.install("broken", "raise ImportError('no\\nluck \\x1b[31m')")
    good.install("grabber", GOOD.replace('"mine"', '"focal"').replace("Me 2024", ""), version="0.1")
    good.install("killer", "import os\nos._exit(7)")
    found = records(exit_code=1)
    assert [(name, each["status"]) for name, each in found.items()] == [
        ("broken", "failed"), ("grabber", "warned"), ("killer", "failed"), ("nice", "ok"),
    ]  # fmt: skip
    cause = "ImportError: no luck \x1b[31m"
    assert found["broken"]["failures"] == [{"component": "", "check": "load", "message": cause}]
    assert [(each["component"], each["check"]) for each in found["grabber"]["warnings"]] == [
        ("loss:focal", "reference"), ("loss:focal", "name"),
    ]  # fmt: skip
    assert found["killer"]["load_seconds"] is None
    lines = check().stdout.splitlines()
    assert "  failed: load: ImportError: no luck \\x1b[31m" in lines
    assert "  warning: loss:focal: name: 'focal' means the built-in; this one is reached as grabber/focal" in lines
    killed = "  failed: load: it ended the interpreter with exit code 7 while it was loaded"
    assert lines[lines.index("killer 1.0") + 1] == killed
    assert lines[-1] == "2 plugins failed, 2 warnings"


def test_one_plugin_beside_others_that_fail(good: FakeSite, no_suite: None) -> None:
    good.install("broken", "raise ImportError('no luck')")
    good.install("killer", "import os\nos._exit(7)")
    good.install("rival", GOOD)
    (found,) = records("nice").values()
    (warning,) = found["warnings"]
    assert warning["message"].startswith("'mine' is offered by rival too; while both are installed, this one is nice/")


def test_heavy_and_slow_imports_are_no_failures(site: FakeSite, no_suite: None) -> None:
    site.write("seaborn.py", "")
    site.write("my_loss.py", LOSS)
    site.install("heavy", "import seaborn\n" + GOOD)
    site.install("slow", "import time\ntime.sleep(0.3)\n" + GOOD.replace("mine", "other"))
    found = records()
    assert {name: each["status"] for name, each in found.items()} == {"heavy": "warned", "slow": "warned"}
    assert found["heavy"]["heavy_imports"] == ["seaborn"]
    assert [each["check"] for each in found["heavy"]["warnings"]] == ["heavy-imports"]
    assert [each["check"] for each in found["slow"]["warnings"]] == ["load-time"]


def test_components_that_cannot_be_used_or_break_the_contract(site: FakeSite) -> None:
    site.write(
        "my_loss.py", LOSS.replace("reduction=self.reduction", "reduction='mean'")
    )  # a scalar, whatever is asked
    site.install("bad", GOOD + "    yield Component(name='lost', factory='nowhere_at_all:X')")
    found = records(exit_code=1)["bad"]
    failed = {each["component"]: each for each in found["failures"]}
    assert list(failed) == ["loss:mine", "loss:lost"]
    assert failed["loss:lost"]["check"] == "factory"


@pytest.mark.parametrize("allowed", ["", "nice"])
def test_blocked_plugins(good: FakeSite, no_suite: None, monkeypatch: pytest.MonkeyPatch, allowed: str) -> None:
    module = good.install("other", GOOD)
    monkeypatch.setenv("IMBALEARN_PLUGINS", allowed)
    status = {"nice": "ok" if allowed else "blocked", "other": "blocked"}
    assert {name: each["status"] for name, each in records().items()} == status
    assert f"other 1.0: blocked, not checked ({BLOCKED})" in check().stdout.splitlines()
    (found,) = records("other", exit_code=1).values()  # it was asked for by name
    assert (found["status"], found["load_seconds"]) == ("blocked", None)
    assert found["failures"] == [{"component": "", "check": "load", "message": BLOCKED}]
    assert not good.imported(module)


def test_without_plugins(site: FakeSite) -> None:
    message = "no plugin is installed; `imbalearn plugins check imbalearn-torch` checks the built-ins\n"
    done = check()
    assert (done.exit_code, done.stdout) == (0, message)
    done = check("--json")
    assert (done.exit_code, json.loads(done.stdout), done.stderr) == (0, {"plugins": []}, message)


def test_the_builtins(good: FakeSite, no_suite: None) -> None:
    (found,) = records("imbalearn_torch").values()
    assert (found["distribution"], found["version"], found["heavy_imports"]) == ("imbalearn-torch", __version__, [])
    assert found["failures"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nicer"], "no installed distribution named 'nicer' offers plugins; did you mean 'nice'? (known: nice, imb"),
        (["numpy"], "no installed distribution named 'numpy' offers plugins"),
        (["local"], "no installed distribution named 'local' offers plugins"),
        (["my_file.py"], "offers plugins; a file is given as --plugin my_file.py"),
        (["--plugin", "absent.py"], "--plugin absent.py: no such file"),
    ],
)
def test_what_cannot_be_checked(good: FakeSite, arguments: list[str], message: str) -> None:
    done = check(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert not good.imported("nice")


def test_files(good: FakeSite, no_suite: None, tmp_path: Path) -> None:
    files = FakeSite(tmp_path)
    sound = files.write("sound_file.py", HEADER + GOOD.replace('"mine"', '"own"'))
    broken = files.write("broken_file.py", "1 / 0")
    given = ["--plugin", str(sound), "--plugin", str(broken), "--plugin", str(sound)]
    done = check("--json", *given)
    first, second, third = json.loads(done.stdout)["plugins"]
    assert (first["distribution"], first["version"], first["status"]) == ("local", "", "ok")
    assert second["failures"][0]["message"] == f"{broken}: ZeroDivisionError: division by zero"
    assert third["distribution"] == "nice"
    lines = check("local", *given).stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if line.startswith("local")] == [
        f"local {sound}",
        f"local {broken}",
    ]
    assert not any(line.startswith("nice") for line in lines)


def test_a_narrow_terminal(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imbalearn_torch.cli.plugins.check._width", lambda: 40)
    site.install("broken", "raise ImportError('a long story about [red]luck[/red] that nobody wants to hear')")
    lines = check().stdout.splitlines()
    assert max(map(len, lines)) <= 40
    assert "[red]luck[/red]" in " ".join(line.strip() for line in lines)
    indents = [len(line) - len(line.lstrip()) for line in lines]
    assert indents == [0, 2, *[4] * (len(lines) - 3), 0]


def test_authors_see_the_traceback(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("broken", "raise ImportError('no luck')")
    monkeypatch.setenv("IMBALEARN_PLUGIN_ERRORS", "raise")
    done = check()
    assert done.exit_code == 1
    assert isinstance(done.exception, ImportError)


def test_an_interrupt_in_a_component_stops_the_check(site: FakeSite) -> None:
    site.write("my_loss.py", "raise KeyboardInterrupt")
    site.install("nice", GOOD)
    assert check().exit_code == 130


def test_a_plugin_without_components(site: FakeSite) -> None:
    site.install("empty", offers("losses") + "    return []")
    assert records()["empty"]["status"] == "ok"
