"""docs/recipes.md: its names are all the names, and its commands, code and example of a file work."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from imbalearn_torch.cli import app
from imbalearn_torch.experiments.recipes import load_recipe, recipe_names

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line.partition(" # ")[0].strip() for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]


def test_every_recipe_stands_in_the_table() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)]
    assert sorted(named) == list(recipe_names())
    assert len(named) == 32  # "Thirty-two come with the package"


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if "recipes list" in command or " show " in command]
)
def test_commands_that_print(command: str) -> None:
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [command for command in COMMANDS if " --recipe " in command or " run " in command])
def test_commands_that_train(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.startswith("imbalearn ")
    small = ["--data", "digits", "--imbalance", "step", "--batch-size", "16", "--threads", "1", "--dry-run", "--json"]
    done = CliRunner().invoke(app, [*shlex.split(command)[1:], *small])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["config"]["backbone"].startswith("imbalearn-torch/resnet")


def test_python_snippet() -> None:
    [snippet] = [text for kind, text in BLOCKS if kind == "python"]
    names: dict[str, object] = {}
    exec(compile(snippet, "recipes.md", "exec"), names)  # the snippet as it stands
    config = names["config"]
    assert (config.epochs, config.seed, config.batch_size) == (30, 1, 128)


def test_the_example_of_a_file_is_a_recipe(tmp_path: Path) -> None:
    [example] = [text for kind, text in BLOCKS if kind == "toml"]
    (tmp_path / "focal.toml").write_text(example, encoding="utf-8")
    recipe = load_recipe(str(tmp_path / "focal.toml"))
    assert recipe.run == load_recipe("erm").run | {"loss": "focal:gamma=2"}
    assert recipe.name == "focal"
