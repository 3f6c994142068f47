"""docs/adjusting.md: its names are all the names, its option strings are accepted, and its keys exist."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_blocks import code_blocks

from imbalearn_builtins.adjusters.records import ADJUSTERS
from imbalearn_torch.plugin.build import resolve

PAGE = Path(__file__).parents[2] / "docs" / "adjusting.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [line for block in code_blocks(PAGE, "bash") for line in block.text.splitlines()]
FLAGS = {"--adjust", "--loss", "--chain", "--save"}


def test_every_adjuster_has_a_row() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)", TEXT, re.MULTILINE)) == {each.name for each in ADJUSTERS}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_sound(command: str) -> None:
    words = shlex.split(command)
    assert words[0] == "imbalearn"
    assert words[1] in {"run", "adjust"}
    assert {word for word in words if word.startswith("--")} <= FLAGS
    adjusters = [text for flag, text in pairwise(words) if flag == "--adjust"]
    for text in adjusters:
        resolve("adjuster", text)


@pytest.mark.parametrize("name", [each.name for each in ADJUSTERS])
def test_needs_and_tuning_are_as_the_table_says(name: str) -> None:
    import torch

    from imbalearn_torch import build
    from imbalearn_torch.adjustment.trial import tunes

    (row,) = (line for line in TEXT.splitlines() if line.startswith(f"| `{name}"))
    _, _, _, needs, tuned, prior, _ = (cell.strip() for cell in row.split("|"))
    adjuster = build("adjuster", name, class_counts=torch.tensor([9, 3, 1]), num_classes=3)
    named = {word.strip().replace("training part", "train") for word in needs.split(",") if word}
    assert named == adjuster.needs
    assert tuned.startswith("yes") == tunes(adjuster, 3)
    if prior.startswith("uniform"):
        assert adjuster.corrects_prior == 1.0
