"""Packages of all kinds as written: installed by pip, tested by their own tests, checked, trained with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imbalearn_torch.plugin.spec import KINDS
from imbalearn_torch.scaffold.kinds import STARTERS
from imbalearn_torch.scaffold.write import write_package

NAMES = {kind: f"my-{kind}" for kind in KINDS} | {"backbone": "my-net", "dataset": "my_data"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources of all packages in `sources`, installed in `site`."""
    place = tmp_path_factory.mktemp("packages")
    (place / "sources").mkdir()
    (place / "empty.ini").touch()
    folders = [write_package(NAMES[kind], kind, place / "sources")[0] for kind in KINDS]
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-index"]
    run(place, "pip", "install", *flags, "--target", str(place / "site"), *map(str, folders))
    return place


def run(place: Path, *arguments: str) -> str:
    """Run a module of Python where the packages are installed; returns what it prints."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("IMBALEARN_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=place,
        env={**known, "PYTHONPATH": str(place / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_their_own_tests_pass(place: Path) -> None:
    # Not with this project's options, and with one file name in many folders.
    flags = ["-q", "-n", "0", "-p", "no:cacheprovider", "-W", "error", "--import-mode", "importlib"]
    printed = run(place, "pytest", *flags, "-c", "empty.ini", "--rootdir", "sources", "sources")
    assert "passed" in printed
    assert "failed" not in printed


def test_they_pass_the_check(place: Path) -> None:
    names = [name.replace("_", "-") for name in NAMES.values()]
    checked = json.loads(run(place, "imbalearn_torch", "plugins", "check", "--json", *names))["plugins"]
    assert {plugin["distribution"]: plugin["warnings"] for plugin in checked} == {name: [] for name in names}


def test_they_train_together(place: Path) -> None:
    chosen = []
    for kind, starter in STARTERS.items():
        chosen += [starter.flag, f"{NAMES[kind]}:{starter.option}"]
    run(place, "imbalearn_torch", "run", *chosen, "--epochs", "1", "--quiet", "--out", "together")
    config = json.loads((place / "together" / "result.json").read_text())["config"]
    for starter in STARTERS.values():
        stored = config[starter.flag.removeprefix("--")]
        assert starter.option in str(stored)
        assert "/my-" in str(stored)


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_ruff_finds_nothing(place: Path, command: tuple[str, ...]) -> None:
    run(place / "sources", "ruff", *command, "--no-cache", "--isolated", "--line-length", "100", ".")
