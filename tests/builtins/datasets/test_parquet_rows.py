"""Reading images out of Parquet files: the right rows, only the groups that hold them, flat memory."""

import gc
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imbalearn_builtins.datasets import parquet_rows as module
from imbalearn_builtins.datasets.parquet_rows import ParquetColumn, column_groups
from imbalearn_torch.errors import DataError

VALUES = [bytes([number]) * (1 + number % 5) for number in range(60)]


@pytest.fixture(params=["img", "img.bytes"])
def column(request, tmp_path):
    """Sixty values in two files, in groups of 7."""
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for file, values in zip(files, (VALUES[:25], VALUES[25:]), strict=True):
        images = [{"bytes": each, "path": "x"} for each in values] if "." in request.param else values
        pq.write_table(pa.table({"label": [0] * len(values), "img": images}), file, row_group_size=7)
    return ParquetColumn(column_groups(files, request.param), request.param)


@pytest.fixture
def opened(monkeypatch):
    """The row groups that have been opened, by file and number."""
    seen = []
    original = module._read

    def read(group, leaf, rows):
        seen.append((group.file[-9:-8], group.number))
        return original(group, leaf, rows)

    monkeypatch.setattr(module, "_read", read)
    return seen


def test_rows_in_any_order(column):
    assert len(column) == 60
    assert column.row_bytes >= 1
    for row in (0, 59, 24, 25, 7, 6, 6, 30):
        assert column[row].as_py() == VALUES[row]
    with pytest.raises(IndexError):
        column[60]
    with pytest.raises(IndexError):
        column[-1]


def test_each_group_is_read_once_from_first_to_last(column, opened, monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 1)  # the fewest rows at a time
    assert [column[row].as_py() for row in range(60)] == VALUES
    assert opened == [("a", 0), ("a", 1), ("a", 2), ("a", 3), *(("b", number) for number in range(5))]


def test_what_is_read_ahead_needs_its_groups_alone_and_each_once(column, opened):
    rows = np.array([2, 5, 8, 26, 27, 58])
    column.read_ahead(rows)
    assert opened == [("a", 0), ("a", 1), ("b", 0), ("b", 4)]
    for row in (58, 2, 27, 5, 26, 8, 2):
        assert column[row].as_py() == VALUES[row]
    assert len(opened) == 4
    assert column[3].as_py() == VALUES[3]  # not read ahead
    assert len(opened) == 5


def test_it_pickles_without_open_files(column):
    column.read_ahead(np.array([1]))
    assert column[40].as_py() == VALUES[40]
    again = pickle.loads(pickle.dumps(column))
    assert [again[row].as_py() for row in (1, 40)] == [VALUES[1], VALUES[40]]


def test_a_fork_reads_for_itself(column, monkeypatch):
    assert column[0].as_py() == VALUES[0]
    place = column._place()
    assert column._place() is place
    monkeypatch.setattr(module.os, "getpid", lambda: -1)
    assert column._place() is not place
    assert column[1].as_py() == VALUES[1]


def test_what_is_read_is_little_of_a_large_group_and_free_at_once(tmp_path):
    values = [bytes([number]) * 2**16 for number in range(200)]  # 12.5 MB
    # In pages of 1 MB, as files of small images have them.
    plain = {"use_dictionary": False, "compression": "none", "write_batch_size": 16}
    pq.write_table(pa.table({"img": values}), tmp_path / "a.parquet", **plain)
    before = pa.total_allocated_bytes()
    column = ParquetColumn(column_groups([tmp_path / "a.parquet"], "img"), "img")
    assert column[100].as_py() == values[100]
    assert pa.total_allocated_bytes() - before < 6 * 2**20
    gc.disable()
    try:
        del column
        assert pa.total_allocated_bytes() == before
    finally:
        gc.enable()


def test_rows_without_a_value(tmp_path, opened):
    file = tmp_path / "a.parquet"
    values = [b"x", None, b"y", b"z", b"u", None]
    for statistics in (True, False):
        pq.write_table(pa.table({"img": values}), file, row_group_size=2, write_statistics=statistics)
        opened.clear()
        assert ParquetColumn(column_groups([file], "img"), "img").missing() == [1, 5]
        assert [number for _, number in opened] == ([0, 2] if statistics else [0, 1, 2])


def test_files_that_differ_and_files_that_are_damaged(tmp_path):
    pq.write_table(pa.table({"img": [b"x"]}), tmp_path / "a.parquet")
    for wrong in ({"other": [b"x"]}, {"img": [1]}):
        pq.write_table(pa.table(wrong), tmp_path / "b.parquet")
        with pytest.raises(DataError, match=r"b\.parquet has no column img of bytes"):
            column_groups([tmp_path / "a.parquet", tmp_path / "b.parquet"], "img")
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    data[4:12] = b"\xff" * 8
    (tmp_path / "a.parquet").write_bytes(data)
    column = ParquetColumn(column_groups([tmp_path / "a.parquet"], "img"), "img")
    with pytest.raises(DataError, match=r"a.parquet is damaged or no Parquet file: "):
        column[0]
