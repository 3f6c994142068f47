import numpy as np
import pandas as pd
import pytest

from imbalearn_tabular.number_column import NumberColumn
from imbalearn_torch.errors import DataError


def encoded(column, values):
    out = np.zeros((len(values), column.width), dtype=np.float32)
    unmarked = column.encode(pd.Series(values, name="x"), "test.csv", out)
    return out.tolist(), unmarked


def test_numbers_are_as_they_are():
    column = NumberColumn.fit(pd.Series([1, 2], name="x"), "train.csv", 0.0)
    assert encoded(column, [0.5, -3.0]) == ([[0.5], [-3.0]], 0)
    assert encoded(column, ["7", "8.5"]) == ([[7.0], [8.5]], 0)


def test_missing_numbers_get_a_constant_and_an_indicator():
    column = NumberColumn.fit(pd.Series([1, None], name="x"), "train.csv", 9.0)
    assert encoded(column, [4.0, float("nan")]) == ([[4, 0], [9, 1]], 0)
    assert encoded(column, [None, None]) == ([[9, 1], [9, 1]], 0)


def test_without_an_indicator_the_missing_are_counted():
    column = NumberColumn.fit(pd.Series([1, 2], name="x"), "train.csv", 9.0)
    assert encoded(column, [None, 4.0, None]) == ([[9], [4], [9]], 2)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 3.5e38, "inf"])
def test_infinite_values_are_named(value):
    column = NumberColumn.fit(pd.Series([1, 2], name="x"), "train.csv", 0.0)
    with pytest.raises(DataError, match=r"test.csv: column 'x' is infinite, .*in row 1 \(the first is row 0\)"):
        encoded(column, [0, value])


def test_words_are_named():
    column = NumberColumn.fit(pd.Series([1, 2], name="x"), "train.csv", 0.0)
    with pytest.raises(DataError, match="column 'x' holds numbers in the training file, but here 'tall' in rows 1, 3"):
        encoded(column, ["3", "tall", "4", "short"])
