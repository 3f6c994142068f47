"""docs/backbones.md: its names are all the names, its numbers hold, and its commands are accepted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_blocks import code_blocks

from imbalearn_builtins.backbones.records import BACKBONES
from imbalearn_torch import backbones
from imbalearn_torch.data.augment import AUGMENTATIONS
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.training.optimizers import OPTIMIZERS
from imbalearn_torch.training.schedules import SCHEDULES

PAGE = Path(__file__).parents[2] / "docs" / "backbones.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [line for block in code_blocks(PAGE, "bash") for line in block.text.splitlines()]
DEPTHS = (20, 32, 44, 56, 110)


def test_every_backbone_augmentation_optimizer_and_schedule_is_named() -> None:
    named = set(re.findall(r"`([a-z0-9-]+)", TEXT))
    written_out = {each.name for each in BACKBONES} - {f"plainnet{depth}" for depth in DEPTHS[1:-1]}
    tables = (AUGMENTATIONS, OPTIMIZERS, SCHEDULES)
    wanted = written_out | {component.name for table in tables for component in table.components}
    assert wanted - named == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_sound(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "1.png").touch()
    words = shlex.split(command)
    assert words[:2] == ["imbalearn", "run"]
    pairs = zip(words[2::2], words[3::2], strict=True)
    given = {flag.removeprefix("--").replace("-", "_"): value for flag, value in pairs}
    resolved = check_config(given, registry(plugins=False))
    assert resolved.config.epochs == 30


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("resnet20", lambda: backbones.ResNet20(num_classes=10)),
        ("plainnet20", lambda: backbones.PlainNet20(num_classes=10)),
        ("resnet18-cifar", lambda: backbones.ResNet18Cifar(num_classes=10)),
        ("small-cnn", lambda: backbones.SmallCnn(num_classes=10)),
        ("vgg-like", lambda: backbones.VggLike(num_classes=10, image_size=32)),
    ],
)
def test_numbers_of_the_table(name: str, make: Callable[[], Any]) -> None:
    net = make()
    count = sum(parameter.numel() for parameter in net.parameters())
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{name}`")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2].startswith(f"{count:,}")
    assert cells[3] == str(net.get_classifier().in_features)
