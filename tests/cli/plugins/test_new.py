"""`imbalearn plugins new`."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imbalearn_torch.cli import app
from imbalearn_torch.plugin.spec import KINDS


def new(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plugins", "new", *arguments])


def test_files_and_the_next_commands_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = new("my_data", "--kind", "dataset")
    assert result.exit_code == 0
    assert result.stdout == (
        "wrote my-data\n"
        "  .gitignore\n"
        "  README.md\n"
        "  pyproject.toml\n"
        "  my_data/__init__.py\n"
        "  my_data/hooks.py\n"
        "  my_data/dataset.py\n"
        "  tests/test_conformance.py\n"
        "  tests/test_dataset.py\n"
        "next (the last needs pytest):\n"
        "  pip install ./my-data\n"
        "  imbalearn run --data my-data\n"
        "  imbalearn plugins check my-data\n"
        "  pytest ./my-data\n"
    )
    assert (tmp_path / "my-data" / "pyproject.toml").is_file()


@pytest.mark.parametrize(("into", "shown"), [("sub", "./sub/my-loss"), ("a b", "'./a b/my-loss'")])
def test_another_folder(into: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / into).mkdir()
    result = new("my-loss", "--kind", "loss", "--into", into)
    assert result.exit_code == 0
    assert f"  pip install {shown}\n" in result.stdout
    assert f"  pytest {shown}\n" in result.stdout
    assert f"  pip install {tmp_path}/my-mix\n" in new("my-mix", "--kind", "mix", "--into", str(tmp_path)).stdout


@pytest.mark.parametrize("arguments", [(), ("--kind", "los")])
def test_a_kind_must_be_named(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = new("my-loss", *arguments)
    assert result.exit_code == 2
    assert "--kind" in result.stderr
    assert all(kind in result.stderr for kind in KINDS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "into", "message"),
    [
        ("My Loss", ".", "Expected NAME to be lower-case words"),
        ("focal", ".", "that short name always means the built-in loss"),
        ("torch", ".", "is installed, and pip would replace it"),
        ("my-loss", "nowhere", "Expected --into to be a folder that exists, but got 'nowhere'"),
    ],
)
def test_mistakes_are_one_sentence(
    name: str, into: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = new(name, "--kind", "loss", "--into", into)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "imbalearn_torch", "plugins", "new", "my-loss"]
    done = subprocess.run([*command, "--kind", "loss"], cwd=tmp_path, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "jinja2" in imported  # so the list is one of modules
    assert not imported & {"torch", "torchvision", "timm", "sklearn", "numpy", "scipy", "pydantic", "rich"}
