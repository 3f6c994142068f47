"""The README lists every method with all its options, and its commands can be typed."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
import torch

import imbalearn_torch as ibt
from imbalearn_imblearn.hooks import imbalearn_samplers

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for line in README.splitlines() if line.startswith("imbalearn run ")]


def test_table_has_every_method_with_options_and_reference() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", README, flags=re.M))
    assert list(rows) == [component.name for component in imbalearn_samplers()]
    for component in imbalearn_samplers():
        options = ibt.registry().find("sampler", f"imbalearn-imblearn/{component.name}").signature().options
        shown = [f"{each.name}={each.describe_default().removeprefix('default ')}" for each in options]
        cells = rows[component.name].split(" | ")
        assert re.findall("`(.*?)`", cells[0]) == shown
        assert component.reference.split()[0] in cells[2]
        for marker in re.findall(r"(?:doi|arXiv):(\S+)", component.reference):
            assert marker in cells[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_name_samplers_that_can_be_built(command: str) -> None:
    words = shlex.split(command)
    assert hasattr(ibt.build("sampler", words[words.index("--sampler") + 1]), "fit_resample")


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 3


def test_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    monkeypatch.chdir(tmp_path)
    known = {"images": torch.zeros(9, 1, 2, 2, dtype=torch.uint8), "labels": torch.tensor([0] * 6 + [1] * 3)}
    known["images"][:6] = 9
    with pytest.warns(UserWarning, match="fewer than 5 neighbours"):
        exec(code.replace("epochs=2", "epochs=0"), known)  # the counts need no training
    counts = ast.literal_eval(capsys.readouterr().out)
    assert len(set(counts)) == 1
    assert torch.bincount(known["targets"]).tolist() == [6, 6]
