"""`imbalearn data show` and `imbalearn data check`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from imbalearn_torch.cli import app


def imbalearn(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["data", *arguments])


def problems(done: Result) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in json.loads(done.stdout)["problems"]:
        found.setdefault(problem["kind"], []).append(problem["text"])
    return found


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Three classes, 12, 6 and 3 training images, 3 test images each; names of all kinds."""
    draw = np.random.default_rng(0)
    for part, counts in (("train", (12, 6, 3)), ("test", (3, 3, 3))):
        for name, count in zip(("[red]rose", "장미", "aster"), counts, strict=True):
            folder = tmp_path / "flowers" / part / name
            folder.mkdir(parents=True)
            for number in range(count):
                Image.fromarray(draw.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "flowers"


def test_sound_data_have_no_problem(flowers: Path) -> None:
    done = imbalearn("check", str(flowers))
    assert (done.exit_code, done.stdout) == (0, "no problem found; 30 images looked at (train 21, test 9)\n")


def test_everything_that_is_wrong_is_found_at_once(flowers: Path) -> None:
    rose, korean, aster = (flowers / "train" / name for name in ("[red]rose", "장미", "aster"))
    shutil.copy(rose / "0.png", flowers / "test" / "[red]rose" / "leaked.png")
    shutil.copy(rose / "1.png", korean / "contradiction.png")
    shutil.copy(rose / "2.png", rose / "again.png")
    (aster / "empty.png").write_bytes(b"")
    half = (korean / "3.png").read_bytes()
    (korean / "3.png").write_bytes(half[: len(half) // 2])
    shutil.rmtree(flowers / "test" / "aster")
    done = imbalearn("check", str(flowers), "--json")
    assert done.exit_code == 1
    found = problems(done)
    assert [text.partition(":")[0] for text in found.pop("unreadable")] == [
        str(aster / "empty.png"),
        str(korean / "3.png"),
    ]
    assert found == {
        "leaks": [f"{rose / '0.png'} ([red]rose) = {flowers / 'test' / '[red]rose' / 'leaked.png'} ([red]rose)"],
        "contradictions": [f"{rose / '1.png'} ([red]rose) = {korean / 'contradiction.png'} (장미)"],
        "absent": ["1 of 3 classes ('aster') have no test image"],
    }
    assert json.loads(done.stdout)["repeated"] == 1


def test_ten_are_printed_and_all_are_in_the_json(flowers: Path) -> None:
    for file in (flowers / "train" / "[red]rose").iterdir():
        file.write_bytes(b"no picture")
    done = imbalearn("check", str(flowers))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "images that cannot be read: 12"
    assert done.stdout.count("no image that PIL can read") == 10
    assert "and 2 more" in done.stdout
    assert len(problems(imbalearn("check", str(flowers), "--json"))["unreadable"]) == 12


def test_not_one_image_can_be_read(flowers: Path) -> None:
    for file in flowers.rglob("*.png"):
        file.write_bytes(b"")
    done = imbalearn("check", str(flowers), "--json")
    assert (done.exit_code, len(problems(done)["unreadable"])) == (1, 30)


def test_labels_out_of_range_are_a_problem_with_their_rows(tmp_path: Path) -> None:
    file, images = tmp_path / "a.npz", np.zeros((4, 8, 8), dtype=np.uint8)
    np.savez(file, x=images, y=np.array([0, 1, -100, 5]), classes=np.array(["a", "b"]))
    done = imbalearn("check", str(file), "--json")
    assert done.exit_code == 1
    assert problems(done) == {
        "labels": ["the training targets must be in 0..1, but row 2 is -100, row 3 is 5"],
    }


def test_a_picture_in_two_parts_that_a_run_would_cut(tmp_path: Path) -> None:
    """Without a test part of its own a fifth is cut: copies then stand on both sides."""
    file = tmp_path / "a.npz"
    np.savez(file, x=np.zeros((20, 8, 8), dtype=np.uint8), y=np.arange(20) % 2)
    done = imbalearn("check", str(file), "--json")
    leak = next(problem for problem in json.loads(done.stdout)["problems"] if problem["kind"] == "leaks")
    assert {image["part"] for image in leak["images"]} == {"train", "test"}
    assert sorted(image["row"] for image in leak["images"]) == list(range(20))


@pytest.mark.parametrize("command", ["show", "check"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["digts"], "did you mean 'digits'?"),
        (["./no-such-place"], "no file or folder"),
        (["digits", "--imbalance", "expo"], "did you mean 'exp'?"),
        (["digits", "--imbalance", "exp:ratio=0.5"], "ratio"),
        (["digits", "--subset-seed", "x"], "option 'subset_seed' expects"),
        (["digits", "--imbalance", "none", "--imbalance", "none"], "give one"),
        (["digits", "--plugin", "no_such_file.py"], "no_such_file.py"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_exits_with_2(command: str, arguments: list[str], message: str) -> None:
    done = imbalearn(command, *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_workers_are_a_number() -> None:
    done = imbalearn("check", "digits", "--workers", "-1")
    assert (done.exit_code, "option 'workers' expects" in done.stderr) == (2, True)


def shown(*arguments: str) -> dict[str, Any]:
    done = imbalearn("show", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_show_counts_and_figures(flowers: Path) -> None:
    found = shown(str(flowers))
    assert found["classes"] == ["[red]rose", "aster", "장미"]
    assert found["counts"] == {"train": [12, 3, 6], "test": [3, 3, 3]}
    # sum of |differences| of all ordered pairs: 2 (9 + 6 + 3) = 36, over 2 * 3 * 21
    assert (found["ratio"], found["gini"], found["shape"]) == (4.0, pytest.approx(36 / 126), [3, 8, 8])
    assert found["groups"] == {"many": [], "medium": [], "few": [0, 1, 2]}
    assert found["test_is_cut"] is False


def test_show_draws_every_class_by_its_name(flowers: Path) -> None:
    done = imbalearn("show", str(flowers))
    assert done.exit_code == 0
    lengths = {
        name: line.count("█")
        for line in done.stdout.splitlines()
        for name in ("[red]rose", "장미")
        if name in line and "█" in line
    }
    assert lengths == {"[red]rose": 32, "장미": 16}
    assert f"imbalearn run --data {flowers} --loss" in done.stdout


def test_show_thins_as_a_run_does() -> None:
    found = shown("digits", "--imbalance", "exp:ratio=10")
    assert found["ratio"] == pytest.approx(10, rel=0.1)
    assert shown("digits", "--imbalance", "none")["recommendation"]["recipe"] == "erm"


def test_many_classes_are_not_all_drawn(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    np.savez(file, x=np.random.default_rng(0).integers(0, 9, (500, 8, 8), dtype=np.uint8), y=np.arange(500) % 100)
    done = imbalearn("show", str(file))
    assert "... 68 classes more" in done.stdout


def test_help_of_a_data_set_is_printed() -> None:
    done = imbalearn("check", "folder:help")
    assert (done.exit_code, "size" in done.stdout) == (0, True)
