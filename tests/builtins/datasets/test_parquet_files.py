import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imbalearn_builtins.datasets.parquet_files import find_files, read_columns, read_schema
from imbalearn_torch.errors import DataError


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        (["train.parquet", "test.parquet"], {"train": ["train.parquet"], "test": ["test.parquet"]}),
        (
            [f"data/{part}-0000{n}-of-00002.parquet" for part in ("train", "validation") for n in (1, 0)],
            {
                "train": ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
                "validation": ["data/validation-00000-of-00002.parquet", "data/validation-00001-of-00002.parquet"],
            },
        ),
        (
            ["text/Train.parquet", "text/val.parquet"],
            {"train": ["text/Train.parquet"], "validation": ["text/val.parquet"]},
        ),
        (["data/train.parquet", "other/train.parquet"], {"train": ["data/train.parquet"]}),
        (["0001.parquet", "0000.parquet"], {"train": ["0000.parquet", "0001.parquet"]}),
        (["train.parquet", "notes.txt"], {"train": ["train.parquet"]}),
    ],
)
def test_parts_by_name(tmp_path, files, parts):
    touch(tmp_path, *files)
    found = {part: [str(file.relative_to(tmp_path)) for file in each] for part, each in find_files(tmp_path).items()}
    assert found == parts


def test_a_single_file_is_a_training_part(tmp_path):
    touch(tmp_path, "test.parquet", "train.parquet")
    assert find_files(tmp_path / "test.parquet") == {"train": [tmp_path / "test.parquet"]}


@pytest.mark.parametrize(
    ("files", "path", "words"),
    [
        ([], "missing", "there is no file or folder .*missing"),
        (["notes.txt"], ".", "there is no .parquet file in"),
        (["test.parquet"], ".", r"expected files train\*, test\* and validation\* in .*, but found test.parquet"),
        (["train.parquet", "extra.parquet"], ".", "but found extra.parquet, train.parquet"),
        (["a/train.parquet", "b/train.parquet"], ".", "several subfolders of .*: a, b; give one of them"),
    ],
)
def test_parts_that_cannot_be_told(tmp_path, files, path, words):
    touch(tmp_path, *files)
    with pytest.raises(DataError, match=words):
        find_files(tmp_path / path)


def test_shards_stand_below_each_other_and_keep_their_chunks(tmp_path):
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for file, start in zip(files, (0, 2), strict=True):
        image = [{"bytes": bytes([start + n]), "path": "x"} for n in range(2)]
        pq.write_table(pa.table({"extra": ["?"] * 2, "label": [start, start + 1], "img": image}), file)
    table = read_columns({"train": files}, {"img": "img.bytes", "label": "label"})["train"]
    assert table.column_names == ["img", "label"]
    assert table["label"].to_pylist() == [0, 1, 2, 3]
    assert table["img"].to_pylist() == [{"bytes": bytes([n])} for n in range(4)]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"label": ["0"]}, "b.parquet has label of types string; other files have int64"),
        ({"x": [0]}, "b.parquet lacks"),
    ],
)
def test_shards_that_differ(tmp_path, columns, words):
    pq.write_table(pa.table({"label": [0]}), tmp_path / "a.parquet")
    pq.write_table(pa.table(columns), tmp_path / "b.parquet")
    parts = {"train": [tmp_path / "a.parquet"], "test": [tmp_path / "b.parquet"]}
    with pytest.raises(DataError, match=words):
        read_columns(parts, {"label": "label"})


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-9], lambda data: b"no parquet file"])
def test_a_damaged_file_is_named(tmp_path, damage):
    file = tmp_path / "train.parquet"
    pq.write_table(pa.table({"label": list(range(99))}), file)
    file.write_bytes(damage(file.read_bytes()))
    for read in (lambda: read_schema(file), lambda: read_columns({"train": [file]}, {"label": "label"})):
        with pytest.raises(DataError, match=r"train.parquet is damaged or no Parquet file: "):
            read()


def test_without_pyarrow(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match=r"pip install 'imbalearn-torch\[parquet\]'"):
        read_schema(tmp_path / "train.parquet")
