"""Fault 23: labels out of range, negative, -100, NaN, empty, fractions, words for numbers; rows are named, exit 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from tiny_runs import TINY_PLUGIN

import imbalearn_torch as ibt
from imbalearn_builtins.datasets.label_text import checked_names
from imbalearn_torch.cli import app
from imbalearn_torch.errors import DataError

IMAGES = 12


@pytest.fixture
def images(tmp_path: Path) -> Path:
    draw = np.random.Generator(np.random.PCG64(0))
    for number in range(IMAGES):
        Image.fromarray(draw.integers(0, 256, (8, 8), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    return tmp_path


def refused(data: str, tmp_path: Path) -> str:
    """What a run says that ends with exit code 2 before anything is written."""
    out = tmp_path / "run"
    done = CliRunner().invoke(app, ["run", "--data", data, "--plugin", str(TINY_PLUGIN), "--out", str(out)])
    assert done.exit_code == 2, done.output
    assert not out.exists()
    [line] = done.stderr.splitlines()
    return line


def labels(**odd: object) -> list[object]:
    """0 and 1 in turn, but for some rows."""
    return [odd.get(f"_{row}", row % 2) for row in range(IMAGES)]


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"_3": "nan"}, "Expected a label for each image, but got 'nan' in row 4"),
        ({"_3": "NaN", "_5": "nan"}, "Expected a label for each image, but got 'NaN', 'nan' in rows 4, 6"),
        ({"_3": ""}, "has no file or no label in row 4"),
        ({"_3": "NULL"}, "Expected a label for each image, but got 'NULL' in row 4"),
        ({"_3": "-100"}, "to be >= 0 (give a class a name instead), but got '-100' in row 4"),
        ({"_0": "-1", "_11": "-1"}, "but got '-1' in rows 1, 12"),
        ({"_3": "0.5"}, "Expected whole numbers for labels, but got '0.5' in row 4"),
        ({f"_{row}": "-1" for row in range(11)}, "'-1' in rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more"),
    ],
)
def test_csv(images: Path, odd: dict[str, object], words: str) -> None:
    table = images / "train.csv"
    rows = [f"{number}.png,{label}" for number, label in enumerate(labels(**odd))]
    table.write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    assert words in refused(f"csv:path={table}", images)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("-1", "FILE LABEL with a label >= 0, but row 4 is not: '3.png -1'"),
        ("nan", "row 4 is not: '3.png nan'"),
        ("cat", "row 4 is not: '3.png cat'"),
        ("1.0", "row 4 is not: '3.png 1.0'"),
        ("True", "row 4 is not: '3.png True'"),
        ("100", "has the label 100; too large: {images}/3.png (100)"),
    ],
)
def test_lists(images: Path, label: str, words: str) -> None:
    table = images / "train.txt"
    rows = [f"{number}.png {each}" for number, each in enumerate(labels(_3=label))]
    table.write_text("\n".join(rows), encoding="utf-8")
    assert words.format(images=images) in refused(f"list:path={table}", images)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (labels(_3=-1), "the training targets must be in 0..1, but row 3 is -1"),
        (labels(_3=-100, _7=-100), "must be in 0..1, but row 3 is -100, row 7 is -100"),
        (labels(_3=99), "has the label 99; too large: train row 3"),
        (labels(_3=float("nan")), "the labels of train must be whole numbers, but not in row 3"),
        (labels(_3=0.5), "the labels of train must be whole numbers, but not in row 3"),
        (labels(_3=float("inf")), "the labels of train must be whole numbers, but not in row 3"),
        ([str(label) for label in labels(_3="nan")], "Expected a label for each image, but got 'nan' in row 3"),
        ([["a", ""][row == 3] for row in range(IMAGES)], "Expected a label for each image, but got '' in row 3"),
        (np.array(labels()) * 1j, "must be whole numbers or strings, but are complex128"),
    ],
)
def test_arrays(tmp_path: Path, values: list[object], words: str) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((IMAGES, 8, 8), dtype=np.uint8), y=np.array(values))
    assert words in refused(f"npz:path={tmp_path / 'a.npz'}", tmp_path)


def test_arrays_with_named_classes(tmp_path: Path) -> None:
    arrays = {
        "x": np.zeros((IMAGES, 8, 8), dtype=np.uint8),
        "y": np.array(labels(_3=2)),
        "classes": np.array(["a", "b"]),
    }
    np.savez(tmp_path / "a.npz", **arrays)
    assert "must be in 0..1, but row 3 is 2" in refused(f"npz:path={tmp_path / 'a.npz'}", tmp_path)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (labels(_3=None), "column 'label' has no value in row 3"),
        (labels(_3=-100), "the training targets must be in 0..1, but row 3 is -100"),
        (labels(_3=99), "too large: train row 3"),
        (
            [str(label) for label in labels(_3="")],
            "column 'label': Expected a label for each image, but got '' in row 3",
        ),
        ([0.5 * float(row) for row in range(IMAGES)], "no column can hold the labels"),
        ([row % 2 == 0 for row in range(IMAGES)], "no column can hold the labels"),
    ],
)
def test_parquet(images: Path, values: list[object], words: str) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    content = [(images / f"{number}.png").read_bytes() for number in range(IMAGES)]
    pq.write_table(pa.table({"image": content, "label": values}), images / "a.parquet")
    assert words in refused(f"parquet:path={images / 'a.parquet'}", images)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (torch.tensor(labels(_3=-100)), r"the training targets must be in 0\.\.1, but row 3 is -100$"),
        (torch.tensor(labels(_3=2, _4=-1)), "row 3 is 2, row 4 is -1$"),
        (torch.tensor(labels()).float(), r"must be int64 \[N\], but are torch\.float32 \[12\]"),
        (torch.tensor(labels()).bool(), r"must be int64 \[N\], but are torch\.bool \[12\]"),
        (torch.tensor(labels()).int(), r"must be int64 \[N\], but are torch\.int32 \[12\]"),
        (["cat"] * IMAGES, r"must be an int64 tensor \[N\], but are a list"),
        (torch.tensor(labels())[:5], "has 12 inputs, but 5 targets"),
        (torch.eye(IMAGES, dtype=torch.int64), r"must be int64 \[N\], but are torch\.int64 \[12, 12\]"),
    ],
)
def test_somebodys_own_data_set(tmp_path: Path, targets: object, words: str) -> None:
    train = ibt.Samples(torch.zeros(IMAGES, 1, 8, 8, dtype=torch.uint8), targets)  # pyright: ignore[reportArgumentType]
    data = ibt.Dataset(train=train, test=None, classes=("a", "b"))
    with pytest.raises(DataError, match=words):
        ibt.run(ibt.RunConfig(data=data, backbone="small-cnn", threads=1), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["cat", "none", "NA"], ["cat", "none", "NA"]),  # words that are classes
        (["1.0", "2", "+3", "10."], ["1", "2", "3", "10"]),
        (["002", "1"], ["002", "1"]),
        (["1", "2", "other"], ["1", "2", "other"]),
        (["-1", "+1", "neutral"], ["-1", "+1", "neutral"]),
        (["none", "null"], ["none", "null"]),
        (["-0"], ["0"]),
    ],
)
def test_names_that_are_labels(names: list[str], meant: list[str]) -> None:
    assert checked_names(names, "here") == meant
