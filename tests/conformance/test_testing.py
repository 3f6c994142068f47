"""The one line of pytest for authors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_site import FakeSite, offers

from imbalearn_torch.conformance import Outcome, checks_of, conformance_tests
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import OptionError, PluginError

GOOD = (
    "import torch\n"
    + offers("weights", "flat", "flat-2", factory="mine:flat")
    + offers("losses", "shy", factory="mine:shy")
    + """
def flat(*, class_counts, value: float = 1.0):
    return lambda epoch: torch.full((len(class_counts),), value)

def shy(*, path: str):
    return torch.nn.CrossEntropyLoss(reduction="none")
"""
)


def cases_of(function: Any) -> dict[str, Any]:
    """By id, what pytest would call the function with."""
    (mark,) = function.pytestmark
    assert mark.name == "parametrize"
    return dict(zip(mark.kwargs["ids"], mark.args[1], strict=True))


def run(function: Any, folder: Path) -> dict[str, str]:
    """By id, how each test ends."""
    found = {}
    for name, case in cases_of(function).items():
        try:
            function(case, folder)
        except pytest.skip.Exception as reason:
            found[name] = f"skipped: {reason}"
        except pytest.fail.Exception as reason:
            found[name] = f"failed: {reason}"
        else:
            found[name] = "passed"
    return found


def test_every_check_of_every_component_of_the_distribution(site: FakeSite, tmp_path: Path) -> None:
    site.install("Mine", GOOD)
    site.install("other", offers("weights", "other"))
    function = conformance_tests("mine")
    expected = [f"loss:shy:{check.name}" for check in checks_of("loss")]
    expected += [f"weights:{name}:{check.name}" for name in ("flat", "flat-2") for check in checks_of("weights")]
    assert list(cases_of(function)) == expected
    outcomes = run(function, tmp_path)
    assert {outcomes[name].partition(":")[0] for name in expected if name.startswith("weights")} == {
        "passed",
        "skipped",
    }
    assert outcomes["weights:flat:it-builds"] == "passed"
    assert outcomes["loss:shy:it-builds"].startswith("skipped: it needs the option `path`")
    assert outcomes["loss:shy:options-are-shown"] == "passed"


def test_ids_are_the_same_in_every_process(site: FakeSite) -> None:
    """xdist refuses workers that collect other tests, or in another order."""
    site.install("mine", GOOD)
    options = {"weights:flat": ["value=1", "value=2"]}
    here = list(cases_of(conformance_tests("mine", options=options)))
    code = (
        "from imbalearn_torch.conformance import conformance_tests as tests;"
        f"print(*tests('mine', options={options}).pytestmark[0].kwargs['ids'])"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(site.folder), "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
    )
    assert there.stdout.split() == here
    assert len(set(here)) == len(here)
    assert {"weights:flat:2:it-builds", "weights:flat-2:it-builds"} <= set(here)


def written(folder: Path) -> str:
    assert list(folder.iterdir()) == []
    (folder / "x.csv").touch()
    return f"path={folder / 'x.csv'}"


@pytest.mark.parametrize(
    ("given", "options"),
    [("path=a", ["path=a"]), (["path=a", "path=b"], ["path=a", "path=b"]), (("path=a",), ["path=a"])],
)
def test_options_as_text_and_as_several(
    site: FakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Any, options: list[str]
) -> None:
    assert tried_with(given, site, tmp_path, monkeypatch) == options


def test_options_from_a_callable(site: FakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert tried_with(written, site, folder, monkeypatch) == [f"path={folder / 'x.csv'}"]


def tried_with(given: Any, site: FakeSite, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options of the subjects that `it-builds` is run on."""
    site.install("mine", GOOD)
    seen: list[Subject] = []

    def spy(check: Any, subject: Subject) -> Outcome:
        seen.append(subject)
        return Outcome("", "", "passed")

    monkeypatch.setattr("imbalearn_torch.conformance.testing.run_check", spy)
    function = conformance_tests("mine", options={"loss:shy": given})
    for name, case in cases_of(function).items():
        if name.startswith("loss") and name.endswith("it-builds"):
            function(case, folder)
    assert all(subject.folder == folder for subject in seen)
    return [subject.options for subject in seen]


def test_a_failure_says_the_claim_and_what_came(site: FakeSite, tmp_path: Path) -> None:
    site.install("mine", offers("weights", "short", factory="mine:make") + "\ndef make():\n    raise KeyError('x')\n")
    outcomes = run(conformance_tests("mine"), tmp_path)
    assert outcomes["weights:short:it-builds"] == (
        "failed: weights:short: The factory can be called with its default options, also where a class has no image.\n"
        "weights 'mine/short' could not be built: KeyError: 'x'"
    )
    assert [name for name, each in outcomes.items() if each.startswith("failed")] == ["weights:short:it-builds"]


def test_a_plugin_file(tmp_path: Path, site: FakeSite) -> None:
    file = site.write("mine.py", "from imbalearn_torch import Component, hookimpl\n" + GOOD)
    outcomes = run(conformance_tests(file=str(file)), tmp_path)
    assert outcomes["weights:flat:it-builds"] == "passed"


def test_the_builtins(tmp_path: Path) -> None:
    function = conformance_tests("imbalearn_torch")
    cases = cases_of(function)
    function(cases["weights:none:it-builds"], tmp_path)


@pytest.mark.parametrize("given", [{}, {"distribution": "mine", "file": "mine.py"}])
def test_one_of_distribution_and_file(given: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="Expected one of `distribution` and `file`"):
        conformance_tests(**given)


def test_a_distribution_that_is_not_installed(site: FakeSite) -> None:
    site.install("my-plugin", GOOD.replace("mine:", "my_plugin:"))
    with pytest.raises(PluginError) as caught:
        conformance_tests("my-plugins")
    assert str(caught.value) == (
        "no installed distribution named 'my-plugins' offers plugins; did you mean 'my-plugin'? "
        "(those that do: imbalearn-torch, my-plugin); install it first"
    )


def test_a_plugin_that_cannot_be_loaded(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("mine", "import no_such_module_anywhere")
    with pytest.raises(PluginError, match=r"^failed: mine 1\.0 \(ModuleNotFoundError: No module named"):
        conformance_tests("mine")
    monkeypatch.setenv("IMBALEARN_PLUGINS", "another")
    with pytest.raises(PluginError, match=r"^blocked: mine 1\.0"):
        conformance_tests("mine")


def test_a_file_that_cannot_be_loaded(tmp_path: Path, site: FakeSite) -> None:
    with pytest.raises(PluginError, match=r"^failed: local .*absent.py: no such file"):
        conformance_tests(file=tmp_path / "absent.py")
    broken = site.write("broken_file.py", "raise ImportError('no luck')")
    with pytest.raises(PluginError, match=r"^failed: local .*ImportError: no luck"):
        conformance_tests(file=broken)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss:flat": "x=1", "weights:flat": ""}, "`options` names loss:flat, but the plugin offers loss:shy, "),
        ({"weights:flat": []}, r"Expected `options` of weights:flat to be a str, some in a list, .*, but got \[\]"),
        ({"weights:flat": 3}, "or a callable, but got 3"),
        ({"weights:flat": ["value=1", 2]}, r"or a callable, but got \['value=1', 2\]"),
        ({"weights:flat": {"value": 1}}, r"or a callable, but got \{'value': 1\}"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_meant(site: FakeSite, options: Any, message: str) -> None:
    site.install("mine", GOOD)
    with pytest.raises(OptionError, match=message):
        conformance_tests("mine", options=options)


def test_an_authors_test_file(site: FakeSite, tmp_path: Path) -> None:
    """The one line, in a file of its own, run by pytest."""
    site.install("mine", GOOD)
    file = tmp_path / "test_mine.py"
    file.write_text(
        "from imbalearn_torch.conformance import conformance_tests\ntest_conformance = conformance_tests('mine')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "weights:flat-2", str(file)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(site.folder), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout
    passed = len(checks_of("weights")) - 1  # no neutral options are claimed
    assert f"{passed} passed, 1 skipped, " in done.stdout
