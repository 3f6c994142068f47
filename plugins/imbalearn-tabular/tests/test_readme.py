"""The README names every option with its default, and its commands can be typed."""

import re
import shlex
from pathlib import Path

import pytest

from imbalearn_torch import registry

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (?:`(.+?)`|(\S+)) \|", re.MULTILINE)


@pytest.mark.parametrize(("kind", "name"), [("dataset", "table"), ("backbone", "mlp")])
def test_every_option_is_in_its_table(kind, name):
    section = README.split(f" `{name}`\n")[1].split("\n## ")[0]
    rows = {option: quoted or plain for option, quoted, plain in ROW.findall(section)}
    options = registry().options(kind, f"imbalearn-tabular/{name}")
    assert rows == {each.name: each.describe_default().removeprefix("default ") for each in options}


def test_its_commands_name_components_and_options_that_exist():
    commands = re.findall(r"^imbalearn run .*$", README, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        for flag, kind in (("--data", "dataset"), ("--backbone", "backbone")):
            name, _, options = words[words.index(flag) + 1].partition(":")
            assert registry().find(kind, name).distribution == "imbalearn-tabular"
            known = {each.name for each in registry().options(kind, name)}
            assert set(re.findall(r"(\w+)=", options)) <= known
