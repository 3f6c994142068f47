import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import OneHotEncoder

from imbalearn_tabular.category_column import CategoryColumn
from imbalearn_torch.errors import DataError


def encoded(column, values):
    out = np.zeros((len(values), column.width), dtype=np.float32)
    assert column.encode(pd.Series(values, name="x"), "test.csv", out) == 0
    return out


def test_one_hot_is_that_of_scikit_learn():
    draw = np.random.Generator(np.random.PCG64(1))
    train, test = draw.choice(["u", "v", "w", "1"], 50), draw.choice(["u", "v", "w", "2", ""], 50)
    oracle = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(train[:, None])
    column = CategoryColumn.fit(pd.Series(train, name="x"), "train.csv", 10)
    assert column.categories == tuple(oracle.categories_[0])
    np.testing.assert_array_equal(encoded(column, train), oracle.transform(train[:, None]))
    np.testing.assert_array_equal(encoded(column, test), oracle.transform(test[:, None]))


def test_missing_is_a_category_where_the_training_file_has_it():
    column = CategoryColumn.fit(pd.Series(["u", None, "v"], name="x"), "train.csv", 2)
    assert encoded(column, [None, "v", "w"]).tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 0]]
    without = CategoryColumn.fit(pd.Series(["u", "v"], name="x"), "train.csv", 2)
    assert encoded(without, [None, "v", "w"]).tolist() == [[0, 0], [0, 1], [0, 0]]


def test_numbers_as_categories():
    column = CategoryColumn.fit(pd.Series([10, 9, 10], name="x"), "train.csv", 2)
    assert column.categories == ("9", "10")
    assert encoded(column, [9.0, 10.0, 9.5]).tolist() == [[1, 0], [0, 1], [0, 0]]


def test_too_many_categories():
    with pytest.raises(
        DataError, match=r"train.csv: column 'x' has 3 categories, more than max_categories=2; .*`drop=x`"
    ):
        CategoryColumn.fit(pd.Series(["u", "v", "w"], name="x"), "train.csv", 2)
