import numpy as np
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.grammar import format_spec


def load(path, **options):
    return build("dataset", format_spec("csv", {"path": path, **options}))


@pytest.fixture
def save(tmp_path, image_of):
    """Save a random image of 8x8 pixels: `save("1.png")`; its pixels `[C, H, W]` are returned."""

    def write(name, mode="RGB", seed=0):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        image = image_of(mode, (8, 8), seed)
        image.save(file)
        return np.array(image).transpose(2, 0, 1) if mode == "RGB" else np.array(image)[None]

    return write


@pytest.fixture
def table(tmp_path):
    """Write a CSV file; its path."""

    def write(*rows, name="train.csv", newline="\n", encoding="utf-8"):
        (tmp_path / name).write_bytes(newline.join(rows).encode(encoding))
        return tmp_path / name

    return write


def test_files_and_classes_in_the_order_of_the_rows(save, table):
    pixels = [save(f"{seed}.png", seed=seed) for seed in range(3)]
    data = load(table("file,label", "2.png,dog", "0.png,cat", "1.png,dog"))
    assert data.classes == ("cat", "dog")
    assert data.train.targets.tolist() == [1, 0, 1]
    assert data.train.targets.dtype == torch.int64
    assert decode(data.train.inputs, torch.arange(3)).tolist() == [pixels[row].tolist() for row in (2, 0, 1)]
    assert (data.test, data.validation, data.mean, data.std) == (None, None, None, None)
    assert (data.augment, data.imbalance) == ("crop:pad=1+flip+cutout:size=2", "none")
    assert check_dataset(data) == ()


def test_three_tables_other_columns_and_a_folder_of_images(save, table, tmp_path):
    for seed, name in enumerate(("a.png", "b.png", "c.png", "d.png")):
        save(f"images/{name}", seed=seed)
    header = "id,breed,image"
    data = load(
        table(header, "1,emu,a.png", "2,cat,b.png"),
        validation=table(header, "3,cat,c.png", name="val.csv"),
        test=table(header, "4,dog,d.png", name="test.csv"),
        file="image",
        label="breed",
        images=tmp_path / "images",
        size=12,
        mean=(0.5, 0.5, 0.5),
        std=(0.2, 0.2, 0.2),
    )
    # The names of all parts together are the classes.
    assert data.classes == ("cat", "dog", "emu")
    assert data.train.targets.tolist() == [2, 0]
    assert data.validation is not None
    assert data.test is not None
    assert (data.validation.targets.tolist(), data.test.targets.tolist()) == ([0], [1])
    assert data.test.inputs.paths == (str(tmp_path / "images/d.png"),)
    assert (data.train.inputs[0].shape, data.mean, data.std) == ((3, 12, 12), (0.5,) * 3, (0.2,) * 3)
    assert check_dataset(data) == ("1 of 3 classes ('dog') have no training image",)


def test_each_table_is_relative_to_its_own_folder(save, table, tmp_path):
    save("train/1.png")
    save("held/1.png", seed=1)
    data = load(
        table("file,label", "1.png,a", name="train/list.csv"),
        test=table("file,label", "1.png,a", name="held/list.csv"),
    )
    assert data.test is not None
    assert data.train.inputs.paths + data.test.inputs.paths == (
        str(tmp_path / "train/1.png"),
        str(tmp_path / "held/1.png"),
    )


def test_numbers_are_classes_in_the_order_of_numbers(save, table):
    save("a.png")
    data = load(table("file,label", "a.png,10", "a.png,9", "a.png,2"))
    assert data.classes == ("2", "9", "10")
    assert data.train.targets.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('"a, b.png",cat', ("a, b.png", "cat")),
        ('"say ""a"".png",cat', ('say "a".png', "cat")),
        ('a.png,"cat, black"', ("a.png", "cat, black")),
        ("a.png,  cat  ", ("a.png", "cat")),
        ("a.png ,cat", ("a.png", "cat")),
        ("a.png,katze \u2028 caf\xe9", ("a.png", "katze \u2028 caf\xe9")),
    ],
)
def test_quoted_cells(save, table, tmp_path, row, cells):
    save("one.png")
    (tmp_path / "one.png").rename(tmp_path / cells[0])
    data = load(table("file,label", row))
    assert (data.train.inputs.paths, data.classes) == ((str(tmp_path / cells[0]),), (cells[1],))


@pytest.mark.parametrize(
    ("header", "newline", "encoding"),
    [("file,label", "\r\n", "utf-8"), ("file,label", "\n", "utf-8-sig"), ("file , label ", "\n\n", "utf-8")],
)
def test_tables_as_other_programs_write_them(save, table, header, newline, encoding):
    save("a.png")
    data = load(table(header, "a.png,cat", "a.png,dog", newline=newline, encoding=encoding))
    assert data.train.targets.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], r"has no column 'file' and 'label' \(columns: none\); name them with `file=` and `label=`"),
        (["image,label", "a.png,cat"], r"has no column 'file' \(columns: image, label\)"),
        (["file;label", "a.png;cat"], r"no column .* \(columns: file;label\); separate cells by commas, not by ';'"),
        (["file\tlabel", "a.png\tcat"], "separate cells by commas, not by '\\\\t'"),
        (["file,label,file", "a.png,cat,b.png"], "has several columns 'file'; give each a name of its own"),
        (["file,label"], "the table .* has no row"),
        (["file,label", "a.png,cat", "a.png", ",cat", "a.png, ", " ,cat"], "no file or no label in rows 2, 3, 4, 5"),
        (["file,label", "a.png,cat", "a, b.png,cat"], "more cells than its header in row 2; quote names with commas"),
        (["file,label", '"a.png,cat'], "cannot be read: unexpected end of data"),
    ],
)
def test_malformed_tables(save, table, rows, words):
    save("a.png")
    with pytest.raises(DataError, match=rf"dataset 'csv': .*{words}"):
        load(table(*rows))


def test_files_that_are_missing_are_listed(save, table, tmp_path):
    save("a.png")
    with pytest.raises(DataError, match=r"1 of 2 images in .*train.csv cannot be read:\n  .*gone.png: FileNotFound"):
        load(table("file,label", "a.png,cat", "gone.png,cat"))


def test_tables_that_cannot_be_read(save, table, tmp_path):
    save("a.png")
    for path in (tmp_path / "gone.csv", tmp_path, table("file,label", "a.png,caf\xe9", encoding="latin-1")):
        with pytest.raises(DataError, match=f"the table {path} cannot be read"):
            load(path)


def test_options_out_of_range(save, table):
    save("a.png", "L")
    path = table("file,label", "a.png,cat")
    with pytest.raises(OptionError, match="dataset 'csv': Expected `mean` to be 1 numbers"):
        load(path, mean=(0.5, 0.5, 0.5))
    with pytest.raises(OptionError, match="dataset 'csv': Expected `size` to be >= 1"):
        load(path, size=0)
