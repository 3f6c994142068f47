"""Errors become exit codes in one place."""

import errno
import sys
from collections.abc import Callable
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from imbalearn_torch import errors
from imbalearn_torch.cli.group import LazyGroup


@pytest.fixture
def fail_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], Result]:
    """Run a command that raises."""

    def invoke(error: BaseException) -> Result:
        module = ModuleType("command_that_fails")

        @click.command("fail")
        def command() -> None:
            click.echo("begun")
            raise error

        module.command = command  # pyright: ignore[reportAttributeAccessIssue]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return CliRunner().invoke(LazyGroup(name="x", table={"fail": (module.__name__, "Fail.")}), ["fail"])

    return invoke


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        (errors.OptionError("one\ntwo"), 2, "error: one\nerror: two\n"),
        (errors.ConfigError(["one", "two", "three\nfour"]), 2, "error: one\nerror: two\nerror: three\nerror: four\n"),
        (errors.UnknownComponentError("no loss named 'x'"), 2, "error: no loss named 'x'\n"),
        (errors.RunFolderError("in use"), 2, "error: in use\n"),
        (errors.NonFiniteError("NaN"), 3, "error: NaN\n"),
        (errors.CheckpointError("damaged"), 4, "error: damaged\n"),
        (errors.StorageError("full"), 5, "error: full\n"),
        (errors.DataError(), 2, "error: DataError\n"),
        (OSError(errno.ENOSPC, "No space left on device", "x.bin"), 5, "No space left on device: 'x.bin'\n"),
        (OSError(errno.EIO, "Input/output error"), 5, "error: [Errno 5] Input/output error\n"),
        (KeyboardInterrupt(), 130, "error: interrupted\n"),
        (click.UsageError("bad usage"), 2, "Error: bad usage\n"),
        (click.BadParameter("bad value"), 2, "Error: Invalid value: bad value\n"),
        (SystemExit(143), 143, ""),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_exit_codes(
    fail_with: Callable[[BaseException], Result], error: BaseException, exit_code: int, message: str
) -> None:
    result = fail_with(error)
    assert result.exit_code == exit_code
    assert result.stdout == "begun\n"
    assert result.stderr.endswith(message)
    assert "Traceback" not in result.stderr
    assert message or result.stderr == ""


@pytest.mark.parametrize("error", [RuntimeError("a bug"), ValueError("a bug"), PermissionError(errno.EACCES, "denied")])
def test_an_unexpected_error_keeps_its_traceback(
    fail_with: Callable[[BaseException], Result], error: Exception
) -> None:
    result = fail_with(error)
    assert result.exit_code == 1
    assert result.exception is error


def test_every_error_of_the_library_has_an_exit_code() -> None:
    codes = {getattr(errors, name).exit_code for name in errors.__all__}
    assert codes == {1, 2, 3, 4, 5}
    assert [name for name in errors.__all__ if getattr(errors, name).exit_code == 1] == [
        "PeerError"
    ]  # nobody's mistake
