"""The examples run as they stand, and stay short."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from ranks import Ranks

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


def test_plan_sampler_under_data_parallelism() -> None:
    """Two processes draw what one does, and their gradients are those of the global batch."""
    said = []
    for world_size in (1, 2):
        ranks = Ranks(world_size, lambda _: runpy.run_path(str(EXAMPLES[2]), run_name="__main__") and None)
        assert ranks.exit_codes() == [0] * world_size, ranks.said(0)
        said.append(ranks.said(0).strip().partition(" processes drew ")[2])
        assert not any(ranks.said(rank) for rank in range(1, world_size))
    assert said[0] == said[1]
    drawn, accuracy = said[0].split(": training accuracy ")
    assert float(accuracy) > 0.9
    counts = [int(each) for each in drawn.strip("[]").split(", ")]
    assert max(counts) < 1.4 * min(counts)  # of a training part where they are 10 to 1
