import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imbalearn_torch import build
from imbalearn_torch.errors import DataError


@pytest.fixture
def save(tmp_path, spell):
    """Write frames as Parquet and load them: `save(frame, "drop=a", test=frame)`."""

    def save_and_load(frame, options="", index=None, **parts):
        places = {"path": tmp_path / "data.parquet", **{part: tmp_path / f"{part}.parquet" for part in parts}}
        for place, content in zip(places.values(), (frame, *parts.values()), strict=True):
            content.to_parquet(place, index=index)
        return build("dataset", spell(places.pop("path"), **places) + (f",{options}" if options else ""))

    return save_and_load


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2], [[1], [2]]),
        (np.array([1, 2], dtype=np.uint8), [[1], [2]]),
        (pd.array([1, None], dtype="Int64"), [[1, 0], [0, 1]]),
        (pd.array([True, None], dtype="boolean"), [[1, 0], [0, 1]]),
        ([0.5, None], [[0.5, 0], [0, 1]]),
        ([Decimal("0.5"), None], [[0.5, 0], [0, 1]]),
        ([True, False], [[1], [0]]),
        (["u", None], [[1, 0], [0, 1]]),
        (["10", "9"], [[0, 1], [1, 0]]),  # words by their type; the categories are "9", "10"
        (pd.Categorical(["v", "u"], categories=["w", "v", "u"]), [[0, 1], [1, 0]]),  # w is in no row
        (pd.Categorical([10, 3]), [[0, 1], [1, 0]]),
    ],
)
def test_types(save, values, wanted):
    assert save(pd.DataFrame({"x": values, "y": ["p", "q"]})).train.inputs.tolist() == wanted


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), "datetime64"),
        (pd.to_timedelta([1, 2], unit="s"), "timedelta64"),
        ([datetime.date(2020, 1, 1), None], "date"),
        ([b"u", b"v"], "bytes"),
        ([[1], [2]], "ndarray"),
        ([{"k": 1}, {"k": 2}], "dict"),
    ],
)
def test_types_of_no_use(save, values, what):
    frame = pd.DataFrame({"x": values, "n": [1, 2], "y": ["p", "q"]})
    with pytest.raises(DataError, match=f"column 'x' holds neither numbers nor words, but {what} values; .*`drop=x`"):
        save(frame)
    assert save(frame, "drop=x").train.inputs.tolist() == [[1], [2]]
    with pytest.raises(DataError, match="neither numbers nor words"):  # in another part too
        save(pd.DataFrame({"x": [1, 2], "n": [1, 2], "y": ["p", "q"]}), test=frame)


def test_dates_can_be_categories_but_lists_cannot(save):
    days = pd.DataFrame({"x": pd.to_datetime(["2021-01-01", "2020-01-01"]), "y": ["p", "q"]})
    assert save(days, "categorical=x").train.inputs.tolist() == [[0, 1], [1, 0]]
    for frame in (pd.DataFrame({"x": [[1], [2]], "y": [1, 0]}), pd.DataFrame({"y": [[1], [2]], "x": [1, 0]})):
        with pytest.raises(DataError, match="values that are no names"):
            save(frame, "categorical=x")


def test_the_index_of_pandas_is_no_column(save):
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["p", "q"], name="y"))
    assert save(frame).classes == ("p", "q")  # unless it has a name
    assert save(frame.assign(y=["r", "s"]).set_axis([5, 6])).train.inputs.tolist() == [[1], [2]]


def test_other_types_in_another_part(save):
    words = pd.DataFrame({"x": ["1", "2"], "y": [1, 0]})
    numbers = pd.DataFrame({"x": [2.0, 3.0], "y": [1, 0]})
    assert save(words, test=numbers).test.inputs.tolist() == [[0, 1], [0, 0]]
    assert save(numbers, test=words).test.inputs.tolist() == [[1], [2]]
    with pytest.raises(
        DataError, match=r"test.parquet: column 'x' holds numbers in the training file, but here 'w' in"
    ):
        save(numbers, test=pd.DataFrame({"x": ["1", "w"], "y": [1, 0]}))


def test_files_of_no_use(tmp_path, spell):
    file = tmp_path / "data.parquet"
    for content in (b"", b"PAR1 nothing PAR1"):
        file.write_bytes(content)
        with pytest.raises(DataError, match="is damaged or no Parquet file"):
            build("dataset", spell(file))
    column = pa.array([1, 2])
    pq.write_table(pa.table([column, column, column], names=["x", "x", "y"]), file)
    with pytest.raises(DataError, match="several columns of the name 'x'"):
        build("dataset", spell(file))
    pd.DataFrame({"x": [], "y": []}).to_parquet(file)
    with pytest.raises(DataError, match="has no rows"):
        build("dataset", spell(file))
