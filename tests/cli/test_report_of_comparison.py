"""`imbalearn report` on the folder of a comparison, alone and beside runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_runs import TINY_WORDS

from imbalearn_torch.cli import app

# The second rate diverges, so that there is a method without any finished run.
RATES = ("--optimizer", "sgd", "--schedule", "constant", "--lr", "0.05", "--lr", "1e30")
WORDS = [
    word for pair in zip(TINY_WORDS[::2], TINY_WORDS[1::2], strict=True) if pair[0] != "--optimizer" for word in pair
]


def imbalearn(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compared") / "it"
    done = imbalearn("compare", *WORDS, *RATES, "--seeds", "2", "--out", out, "--quiet")
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """The comparison, moved to another place under its name."""
    return shutil.copytree(made, tmp_path / "moved" / made.name)


def finished_run(folder: Path) -> Path:
    return next(folder.glob("lr=0.05-*-seed0"))


def test_the_page_is_the_one_that_compare_wrote(made: Path, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (made / "leaderboard.html").read_bytes()
    (copied / "leaderboard.html").unlink()
    done = imbalearn("report", copied)
    assert (done.exit_code, done.stdout) == (0, f"{copied / 'leaderboard.html'}\n"), done.output
    assert (copied / "leaderboard.html").read_bytes() == before
    assert not list(copied.glob(".*"))
    monkeypatch.chdir(copied)
    assert imbalearn("report", ".").exit_code == 0
    assert (copied / "leaderboard.html").read_bytes() == before
    assert imbalearn("report", ".", "--out", "other.html").exit_code == 0
    assert Path("other.html").read_bytes() == before


def test_the_page_has_the_leaderboard_and_a_section_for_each_method(made: Path) -> None:
    page = (made / "leaderboard.html").read_text(encoding="utf-8")
    assert "lr=1e+30\n" not in page
    assert "2 of 2 runs failed" in page
    assert page.count("<details>") == 1  # the other method has no finished run
    assert "The test images of 2 runs together." in page
    assert "Confusion matrix of 10 classes" in page


def test_beside_runs_each_method_is_one(made: Path, copied: Path, tmp_path: Path) -> None:
    run = shutil.copytree(finished_run(made), tmp_path / "a-run")
    out = tmp_path / "all.html"
    done = imbalearn("report", copied, run, "--out", out)
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert "<title>3 runs – imbalearn comparison</title>" in page
    assert [page.count(f"<summary><bdi>{name}</bdi></summary>") for name in ("lr=0.05", "a-run")] == [1, 1]
    # Two comparisons with methods of one name.
    other = shutil.copytree(made, tmp_path / "other")
    done = imbalearn("report", copied, other, "--out", out, "--force")
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert [page.count(f"<summary><bdi>{name}: lr=0.05</bdi>") for name in ("it", "other")] == [1, 1]


def test_refusals(copied: Path, tmp_path: Path) -> None:
    done = imbalearn("report", copied, copied / ".." / copied.name)
    assert (done.exit_code, "is given twice" in done.stderr) == (2, True)
    done = imbalearn("report", copied, "--out", tmp_path / "a", "--out", tmp_path / "b")
    assert (done.exit_code, "--out is given 2 times" in done.stderr) == (2, True)
    (copied / "leaderboard.json").unlink()
    done = imbalearn("report", copied)
    assert done.exit_code == 2
    assert "has not ended; go on with: imbalearn compare" in done.stderr


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"rows": [1], "command": "", "warnings": [], "correction": ""}'])
def test_a_leaderboard_that_cannot_be_read(content: str, copied: Path) -> None:
    (copied / "leaderboard.json").write_text(content, encoding="utf-8")
    done = imbalearn("report", copied)
    assert done.exit_code == 4
    assert "leaderboard.json" in done.stderr
    assert "makes it again, and repeats no run" in done.stderr
    assert "Traceback" not in done.output


def test_a_run_that_is_gone_or_changed_is_named(copied: Path) -> None:
    run = finished_run(copied)
    result = json.loads((run / "result.json").read_text(encoding="utf-8"))
    (run / "result.json").write_text(json.dumps({**result, "name": "x"}), encoding="utf-8")
    done = imbalearn("report", copied)
    assert (done.exit_code, f"{run.name}/result.json is not what the run wrote" in done.stderr) == (4, True)
    shutil.rmtree(run)
    done = imbalearn("report", copied)
    assert (done.exit_code, f"{run.name} is no folder" in done.stderr) == (2, True)
