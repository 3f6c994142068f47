"""What docs/plugins shows works: examples, commands, outputs, messages."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from fake_site import FakeSite
from markdown_blocks import code_blocks
from plugin_pages import (
    FOLDER,
    INDEX,
    NAME_OF_PAGE,
    PAGES,
    example_of,
    named,
    quick_start,
    rows,
    saved_example,
    section,
)
from transcript import difference, typed_lines

from imbalearn_torch.cli import app
from imbalearn_torch.plugin.convert import convert
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.plugin.spec import HOOKS, KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_passes_every_check(kind: str, site: FakeSite, tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["plugins", "check", "--plugin", str(saved_example(kind, tmp_path))])
    assert found.exit_code == 0, found.output
    assert "no plugins failed, no warnings" in found.output


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_trains(kind: str, site: FakeSite, tmp_path: Path) -> None:
    from imbalearn_torch.conformance import TwoLayerNet, try_combination
    from imbalearn_torch.experiments.resolve import KIND_OF_FIELD

    known = registry([saved_example(kind, tmp_path)], plugins=False)
    (entry,) = [entry for entry in known.entries(kind) if entry.distribution == "local"]
    (field,) = [field for field, each in KIND_OF_FIELD.items() if each == kind]
    values: dict[str, object] = {field: (entry.full_name,) if kind == "adjuster" else entry.full_name}
    if kind == "dataset":
        values["backbone"] = TwoLayerNet(classes=2, shape=(1, 8, 8))
    assert try_combination(values, within=known) is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_claims_what_its_page_is_about(kind: str) -> None:
    hooks = [node.name for node in ast.walk(ast.parse(example_of(kind).text)) if isinstance(node, ast.FunctionDef)]
    assert [name for name in hooks if name in HOOKS.values()] == [HOOKS[kind]]


def test_the_quick_start_has_twelve_lines() -> None:
    assert len(quick_start().splitlines()) == 12


@pytest.fixture
def desk(site: FakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the pages tell their reader to write."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def lay_out(page: Path, folder: Path) -> None:
    """Save the file that a page is about."""
    kind = next((kind for kind in KINDS if NAME_OF_PAGE[kind] == page.stem), None)
    if kind is not None:
        saved_example(kind, folder)
    else:
        (folder / "my_loss.py").write_text(quick_start(), encoding="utf-8")


def commands() -> Iterator[tuple[Path, int, str]]:
    """Every imbalearn command in a bash block."""
    for page in PAGES:
        for block in code_blocks(page, "bash"):
            for number, line in enumerate(block.text.splitlines()):
                if line.startswith("imbalearn "):
                    yield page, block.line + number, line


@pytest.mark.parametrize(
    ("page", "command"), [pytest.param(page, line, id=f"{page.stem}:{number}") for page, number, line in commands()]
)
def test_a_printed_command_works(page: Path, command: str, desk: Path) -> None:
    lay_out(page, desk)
    arguments = shlex.split(command, comments=True)[1:]
    if arguments[0] == "run" and not arguments[-1].endswith(":help"):
        arguments.append("--dry-run")
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "tutorial"], ids=lambda page: page.stem)
def test_printed_output_is_what_comes(page: Path, desk: Path) -> None:
    lay_out(page, desk)
    for block in code_blocks(page, "console"):
        for typed in typed_lines(block):
            done = CliRunner().invoke(app, shlex.split(typed.command)[1:])
            assert done.exit_code == typed.exit_code, done.output
            wrong = difference(typed.shown, done.output)
            assert not wrong, f"{page.name}, line {typed.line}: {wrong}"


def inline_commands() -> Iterator[str]:
    for page in PAGES:
        yield from re.findall(r"`(imbalearn [^`]+)`", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", sorted(set(inline_commands())))
def test_a_command_within_a_sentence_can_be_parsed(command: str) -> None:
    found: click.Command = app
    words = shlex.split(command)[1:]
    while isinstance(found, click.Group) and words:
        found = found.get_command(click.Context(found), words.pop(0)) or pytest.fail(command)
    found.make_parser(click.Context(found)).parse_args(words)


def test_every_way_to_type_an_option_is_understood() -> None:
    found = rows(section(INDEX, "Options"))
    typed = [(row[0], re.findall(r"`([^`]+)`", row[1])) for row in found]
    assert all(words for _, words in typed)
    for annotation, words in typed:
        for word in words:
            (value,) = parse_spec(f"x:{word}").options.values()
            convert(annotation.strip("`").replace("\\|", "|"), value)


def test_the_snippet_of_a_map_style_object_reads_pictures(tmp_path: Path) -> None:
    import torch
    from PIL import Image

    from imbalearn_torch.data.prepare import decode
    from imbalearn_torch.errors import DataError

    left: dict[str, type] = {}
    exec(code_blocks(FOLDER / "datasets.md", "python")[0].text, left)
    files = [tmp_path / "red.png", tmp_path / "blue.png", tmp_path / "missing.png"]
    Image.new("RGB", (5, 4), (255, 0, 0)).save(files[0])
    Image.new("RGB", (5, 4), (0, 0, 255)).save(files[1])
    images = decode(left["Pictures"](files), torch.tensor([1, 0]))
    assert images.shape == (2, 3, 4, 5)
    assert images[:, :, 0, 0].tolist() == [[0, 0, 255], [255, 0, 0]]
    with pytest.raises(DataError, match=r"missing\.png cannot be read"):
        decode(left["Pictures"](files), torch.tensor([0, 2]))


def fault(broken: str) -> str:
    """A plugin file with one of the faults that the tutorial has a table of."""
    sources = {
        "the factory's name is wrong": ('factory="my_loss:make"', 'factory="my_loss:maker"'),
        "an option without an annotation": ("smoothing: float = 0.1", "smoothing=0.1"),
        "`IMBALEARN_PLUGIN_API` newer than the installed version": ("\n\n\n@", "\n\nIMBALEARN_PLUGIN_API = 2\n\n\n@"),
    }
    old, new = sources[broken]
    assert quick_start().count(old) == 1
    return quick_start().replace(old, new)


FAULTS = [
    pytest.param(row[0], quoted, id=row[0])
    for row in rows(section((FOLDER / "tutorial.md").read_text(encoding="utf-8"), "If it breaks"))
    for quoted in re.findall(r'"([^"]+)"', row[1])
]


@pytest.mark.parametrize(("broken", "quoted"), FAULTS)
def test_a_fault_is_told_in_the_words_of_the_page(broken: str, quoted: str, desk: Path) -> None:
    (desk / "my_loss.py").write_text(fault(broken), encoding="utf-8")
    done = CliRunner().invoke(app, ["run", "--plugin", "my_loss.py", "--loss", "my-loss", "--dry-run"])
    assert done.exit_code == 2
    wanted = quoted.replace("my_plugin.losses:MyLos", "my_loss:maker").removesuffix(" ...")
    assert wanted in done.output


def test_the_names_said_to_be_free_of_torch_are() -> None:
    sentence = re.search(r"Of the names in\s+`imbalearn_torch`, (.*?) are free of\s+torch;", INDEX, re.DOTALL)
    assert sentence
    names = ", ".join(sorted(named(sentence[1])))
    code = f"import sys; from imbalearn_torch import {names}; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
