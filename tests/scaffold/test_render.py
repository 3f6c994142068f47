"""The text of a new package."""

import ast
import tomllib
from pathlib import Path

import pytest

from imbalearn_torch.plugin.spec import KINDS
from imbalearn_torch.scaffold import render as module
from imbalearn_torch.scaffold.render import render

TEMPLATES = Path(module.__file__).parent / "templates"


@pytest.mark.parametrize("kind", KINDS)
def test_files(kind: str) -> None:
    assert list(render("my-thing", kind)) == [
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "my_thing/__init__.py",
        "my_thing/hooks.py",
        f"my_thing/{kind}.py",
        "tests/test_conformance.py",
        f"tests/test_{kind}.py",
    ]


def test_every_template_is_used() -> None:
    used = {f"{template.format(kind=kind)}.jinja" for template in module._FILES.values() for kind in KINDS}
    assert {file.name for file in TEMPLATES.iterdir()} == used


@pytest.mark.parametrize("kind", KINDS)
def test_python_is_python_and_ends_with_one_line_feed(kind: str) -> None:
    for path, text in render("my-thing", kind).items():
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "{{" not in text
        if path.endswith(".py"):
            ast.parse(text)


@pytest.mark.parametrize("kind", KINDS)
def test_hooks_import_nothing_but_the_package(kind: str) -> None:
    files = render("my-thing", kind)
    hooks = ast.parse(files["my_thing/hooks.py"])
    imported = [node.module for node in ast.walk(hooks) if isinstance(node, ast.ImportFrom)]
    assert imported == ["collections.abc", "imbalearn_torch"]
    assert not [node for node in ast.walk(hooks) if isinstance(node, ast.Import)]
    assert len(ast.parse(files["my_thing/__init__.py"]).body) == 1  # its docstring


def test_project_file() -> None:
    project = tomllib.loads(render("my-thing", "loss")["pyproject.toml"])["project"]
    assert project["name"] == "my-thing"
    assert project["dependencies"] == ["imbalearn-torch"]
    assert project["requires-python"] == ">=3.11"
    assert project["optional-dependencies"] == {"test": ["pytest"]}
    assert project["entry-points"] == {"imbalearn_torch": {"my-thing": "my_thing.hooks"}}
