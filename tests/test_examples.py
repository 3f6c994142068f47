"""The examples run as they stand, and stay short."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example_is_short(example: Path) -> None:
    assert len(example.read_text(encoding="utf-8").splitlines()) < 80


def test_research_loop_learns(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES[0]), run_name="__main__")
    assert "balanced accuracy" in capsys.readouterr().out.lower()


def test_run_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES[1]))["main"](tmp_path, epochs=1)
    printed = capsys.readouterr().out
    assert "imbalearn-torch/balanced-softmax" in printed
    assert (tmp_path / "balanced-mixup" / "result.json").is_file()
