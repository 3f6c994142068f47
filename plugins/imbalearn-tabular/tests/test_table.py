"""The data set as a whole: hand-made tables, and pandas as the oracle."""

import numpy as np
import pandas as pd
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.errors import DataError, OptionError

# x is a number with a gap, town a word with a gap, member a bool.
TABLE = "x,town,member,class\n1.5,Rome,True,b\n,Oslo,False,a\n-2,,True,b\n4,Rome,False,c\n"
ENCODED = [
    [1.5, 0, 0, 1, 0, 1],  # x, x is missing, Oslo, Rome, town is missing, member
    [0, 1, 1, 0, 0, 0],
    [-2, 0, 0, 0, 1, 1],
    [4, 0, 0, 1, 0, 0],
]


def test_a_table_made_by_hand(load):
    data = load(TABLE)
    assert data.train.inputs.dtype == torch.float32
    assert data.train.inputs.tolist() == ENCODED
    assert data.train.targets.tolist() == [1, 0, 1, 2]
    assert data.classes == ("a", "b", "c")
    assert (data.test, data.validation, data.mean, data.std) == (None, None, None, None)
    assert (data.augment, data.imbalance) == ("none", "none")


def test_parts_of_their_own(load):
    data = load(
        TABLE,
        test="town,class,x,member\nParis,a,7,True\nRome,d,,False\n",  # another order, a new category, a new class
        validation="x,town,member,class\n3,Oslo,True,a\n",
    )
    assert data.test.inputs.tolist() == [[7, 0, 0, 0, 0, 1], [0, 1, 0, 1, 0, 0]]
    assert data.test.targets.tolist() == [0, 3]
    assert data.validation.inputs.tolist() == [[3, 0, 1, 0, 0, 1]]
    assert data.classes == ("a", "b", "c", "d")


def test_one_hot_is_that_of_pandas(tmp_path, spell):
    draw = np.random.Generator(np.random.PCG64(0))
    frame = pd.DataFrame(
        {
            "first": draw.normal(size=200),
            "colour": draw.choice(["red", "green", "blue"], 200),
            "second": draw.integers(-9, 9, 200),
            "size": pd.Categorical(draw.choice(["s", "m", "l", "xl"], 200)),
            "label": draw.choice(["no", "yes"], 200),
        }
    )
    wanted = [frame[["first"]], pd.get_dummies(frame["colour"]), frame[["second"]]]
    wanted.append(pd.get_dummies(frame["size"].astype(str)))
    oracle = pd.concat(wanted, axis=1).to_numpy(dtype=np.float32)
    frame.to_csv(tmp_path / "data.csv", index=False)
    frame.to_parquet(tmp_path / "data.parquet")
    words = {name: frame[name].to_numpy().astype("U") for name in ("colour", "size", "label")}
    np.savez(tmp_path / "data.npz", **{name: words.get(name, frame[name].to_numpy()) for name in frame})
    for name in ("data.csv", "data.parquet", "data.npz"):
        data = build("dataset", spell(tmp_path / name))
        np.testing.assert_allclose(data.train.inputs.numpy(), oracle, rtol=1e-6)
        assert [data.classes[label] for label in data.train.targets] == frame["label"].tolist()


def test_changing_held_out_rows_changes_no_other(load):
    """A mean or median in place of a missing value would fail this."""
    changed = TABLE.replace("4,Rome", "4000,Rome")
    assert torch.equal(load(changed).train.inputs[:3], load(TABLE).train.inputs[:3])


def test_options_choose_the_columns(load):
    data = load("id,code,y,kind\n1,3,0,u\n2,10,1,v\n", "target=kind,drop=id,categorical=[code,y]")
    assert data.train.inputs.tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]
    assert data.classes == ("u", "v")


def test_the_constant_for_missing_numbers_is_an_option(load):
    assert load("x,y\n,a\n3,b\n", "fill=-1.5").train.inputs.tolist() == [[-1.5, 1], [3, 0]]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("max_categories=0", "Expected `max_categories` to be >= 1, but got 0"),
        ("fill=1e39", "Expected `fill` to be a finite float32"),
        ("separator=ab", "Expected `separator` to be one character, but got 'ab'"),
    ],
)
def test_bad_options(load, options, problem):
    with pytest.raises(OptionError, match=problem):
        load(TABLE, options)


def test_a_gap_that_only_the_test_file_has_is_warned_about(load):
    with pytest.warns(UserWarning, match="column 'x' lacks a value in 1 rows, though in no row of the training file"):
        data = load("x,y\n1,a\n3,b\n", "fill=2", test="x,y\n,a\n5,b\n")
    assert data.test.inputs.tolist() == [[2], [5]]


def test_a_column_without_any_value_is_left_out(load):
    with pytest.warns(UserWarning, match="the columns gap have no value"):
        data = load("x,gap,y\n1,,a\n3,,b\n")
    assert data.train.inputs.tolist() == [[1], [3]]
    with pytest.warns(UserWarning), pytest.raises(DataError, match="no value in any column beside the target"):
        load("gap,y\n,a\n,b\n")
