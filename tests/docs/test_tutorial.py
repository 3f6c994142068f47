"""docs/plugins/tutorial.md, followed literally in an empty folder, in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from markdown_blocks import CodeBlock, code_blocks
from transcript import Typed, difference, typed_lines

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "plugins" / "tutorial.md"
BLOCKS = code_blocks(PAGE)
FILE = re.compile(r"(?:# |<!-- )(my-plugin/\S+)(?: -->)?\n")
# pip as it stands on the page, but without the network: what a build and the plugin need is here already.
PROGRAMS = {
    "imbalearn": "-P -m imbalearn_torch",
    "pip": "-P -m pip --isolated --disable-pip-version-check --no-input",
    "pytest": "-P -m pytest -p no:cacheprovider",
    "python": "",
}
PIP_INSTALL = "--no-deps --no-build-isolation --no-index"


def file_of(block: CodeBlock) -> str | None:
    """The file that a block is the text of."""
    named = FILE.match(block.text)
    return named[1] if named else None


class Reader:
    """Somebody who does what the page says.

    Args:
        folder: Empty.
    """

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        python = self._environment(folder / "environment")
        programs = folder / "programs"
        programs.mkdir()
        for name, arguments in PROGRAMS.items():
            started = f'exec "{python}" {arguments}'
            lines = [f'[ "$1" = install ] && shift && {started} install {PIP_INSTALL} "$@"'] if name == "pip" else []
            script = programs / name
            script.write_text("\n".join(["#!/bin/sh", *lines, f'{started} "$@"', ""]))
            script.chmod(0o755)
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTEST_", "IMBALEARN_"))
        }
        self.environment = kept | {"PATH": f"{programs}:/usr/bin:/bin", "OMP_NUM_THREADS": "1", "COLUMNS": "100"}

    @staticmethod
    def _environment(folder: Path) -> Path:
        """A virtual environment that sees the packages of this one, and into which pip installs."""
        venv.create(folder, symlinks=True)
        (packages,) = folder.glob("lib/*/site-packages")
        seen = [*site.getsitepackages(), *(path for path in sys.path if path.endswith("-packages"))]
        lines = [f"import site; site.addsitedir({path!r})" for path in dict.fromkeys(seen)]
        (packages / "seen.pth").write_text("\n".join(lines) + "\n")
        return folder / "bin" / "python"

    def write(self, path: str, text: str) -> None:
        """Save a block under the name in its first line."""
        file = self.home / path
        assert file.parent.is_dir(), f"the page makes no folder for {path}"
        file.write_text(text, encoding="utf-8")

    def type(self, typed: Typed) -> str:
        """Run one command, see that it exits as the page suggests, and return what it printed."""
        done = subprocess.run(
            ["bash", "-c", typed.command],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        where = f"{PAGE.name}, line {typed.line}: {typed.command}\n"
        assert done.returncode == typed.exit_code, f"{where}exit code {done.returncode}\n{done.stdout}"
        if typed.shown:
            wrong = difference(typed.shown, done.stdout)
            assert not wrong, where + wrong
        return done.stdout


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("a  b",), "a b  \n", True),
        (("a ... c",), "a b c\n", True),
        (("a", "...", "d"), "a\nb\nc\nd\n", True),
        (("a", "..."), "a\n", True),
        (("a",), "a\nb\n", False),
        (("a ... c",), "a b\nc\n", False),
        (("...", "d"), "a\nd\ne\n", False),
    ],
)
def test_what_is_shown_is_compared_with_what_is_printed(shown: tuple[str, ...], printed: str, same: bool) -> None:
    assert (difference(shown, printed) == "") is same


def test_every_file_of_the_package_is_printed() -> None:
    paths = {file_of(block) for block in BLOCKS} - {None}
    assert paths == {
        f"my-plugin/{name}"
        for name in (
            "README.md",
            "pyproject.toml",
            "my_plugin/__init__.py",
            "my_plugin/hooks.py",
            "my_plugin/losses.py",
            "tests/test_my_loss.py",
        )
    }


def test_the_command_at_the_end_installs_and_trains() -> None:
    commands = [typed.command for block in BLOCKS if block.language == "console" for typed in typed_lines(block)]
    trained = [command for command in commands if command.startswith("pip install ./my-plugin && ")]
    assert [command.partition(" --epochs")[0] for command in trained] == [
        "pip install ./my-plugin && imbalearn run --loss my-loss"
    ]


def test_followed_literally(tmp_path: Path) -> None:
    pytest.importorskip("pip", reason="the page installs with pip")
    reader = Reader(tmp_path)
    last: dict[str, str] = {}
    for block in BLOCKS:
        path = file_of(block)
        if path is not None:
            reader.write(path, block.text)
            last[path] = block.text
        elif block.language == "console":
            for typed in typed_lines(block):
                reader.type(typed)
    result = json.loads((reader.home / "runs" / "first" / "result.json").read_text())
    assert result["config"]["loss"] == "my-plugin/my-loss:smoothing=0.1"
    assert result["metrics"]["test"]["accuracy"] > 0
    place = reader.type(Typed("python -c 'import my_plugin; print(my_plugin.__file__)'", (), 0))
    assert "site-packages" in place  # the copy that `pip install ./my-plugin` made
    # What was broken on purpose has been mended.
    assert {path: (reader.home / path).read_text(encoding="utf-8") for path in last} == last
