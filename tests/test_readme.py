"""The README is true: its commands, its code and its links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from imbalearn_torch.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
PYTHON = [code for language, code in BLOCKS if language == "python"]
COMMANDS = [
    line.partition("#")[0].strip()
    for language, code in BLOCKS
    if language == "bash"
    for line in code.splitlines()
    if line
]


def test_two_commands_do_the_set_up() -> None:
    run = next(command for command in COMMANDS if "imbalearn run" in command)
    assert run.startswith("python3 -m venv .venv && ")
    assert run.endswith("imbalearn run --sampler balanced --mix mixup --loss ce")
    assert next(command for command in COMMANDS if "pytest" in command) == ".venv/bin/pytest"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists(), target


def test_library_example_runs() -> None:
    exec(compile(PYTHON[0], "README.md", "exec"), {})  # the snippet as it stands


def test_run_example_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shorter = PYTHON[1].replace('loss="ce"', 'loss="ce", epochs=1, threads=1')
    assert shorter != PYTHON[1]
    exec(compile(shorter, "README.md", "exec"), {})
    assert "runs/" in capsys.readouterr().out


def test_plugin_example_is_listed_and_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_loss.py").write_text(PYTHON[2], encoding="utf-8")
    command = next(command for command in COMMANDS if "--plugin" in command)
    arguments = [*shlex.split(command)[1:], "--dry-run", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert '"local/my-loss:temperature=0.7"' in done.stdout


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command.startswith("imbalearn run --loss focal:help")]
)
def test_help_command(command: str) -> None:
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0
    assert "gamma" in done.stdout
