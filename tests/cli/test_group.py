"""The lazy group: help without imports, nearest commands, completion."""

import importlib
import sys

import click
import pytest
from click.testing import CliRunner

import imbalearn_torch
from imbalearn_torch.cli import app, main
from imbalearn_torch.cli.group import COMMANDS, LazyGroup


@pytest.fixture
def broken() -> LazyGroup:
    """A group whose only command lives in a module that does not exist."""
    return LazyGroup(name="broken", table={"start": ("no_such_module_at_all", "Start something.")})


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_lists_commands_without_importing_them(broken: LazyGroup, arguments: list[str]) -> None:
    result = CliRunner().invoke(broken, arguments)
    assert "start  Start something." in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_has_its_help_line(name: str) -> None:
    command = importlib.import_module(COMMANDS[name][0]).command
    assert isinstance(command, click.Command)
    assert command.name == name
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert " ".join((name, COMMANDS[name][1])) in " ".join(result.output.split())
    assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rum"], "No such command 'rum'; did you mean 'run'?"),
        (["plugin"], "No such command 'plugin'; did you mean 'plugins'?"),
        (["zzzz"], f"No such command 'zzzz'; commands: {', '.join(COMMANDS)}"),
        (["plugins", "lits"], "No such command 'lits'; did you mean 'list'?"),
        (["--versoin"], "No such option"),
        (["plugins", "list", "--jsn"], "No such option"),
    ],
)
def test_a_typo_is_a_usage_error(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"imbalearn {imbalearn_torch.__version__}\n")


def test_the_installed_script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["/some/where/imbalearn", "rum"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "Usage: imbalearn [OPTIONS] COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "offered"), [("", set(COMMANDS)), ("re", {"resume", "report", "recipes"}), ("x", set())]
)
def test_completion_of_commands_imports_none(broken: LazyGroup, typed: str, offered: set[str]) -> None:
    with click.Context(app) as context:
        assert {item.value for item in app.shell_complete(context, typed)} == offered
    with click.Context(broken) as context:
        assert [item.help for item in broken.shell_complete(context, "st")] == ["Start something."]
        assert "--help" in {item.value for item in broken.shell_complete(context, "--")}
