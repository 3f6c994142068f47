import numpy as np
import pandas as pd
import pytest

from imbalearn_tabular.text import as_texts, is_number, is_whole, option_text, some_names, some_rows, sorted_texts
from imbalearn_torch import build


def test_equal_values_of_several_types_have_one_text():
    codes, texts = as_texts(pd.Series([1, "1", 1.0, "1.00", None, True, b"b", "b", "01", 2.5], dtype=object))
    assert [None if code < 0 else texts[code] for code in codes] == [
        "1",
        "1",
        "1",
        "1",
        None,
        "1",
        "b",
        "b",
        "01",
        "2.5",
    ]


def test_an_empty_column_has_no_texts():
    codes, texts = as_texts(pd.Series([None, float("nan")], dtype=object))
    assert (codes.tolist(), texts) == ([-1, -1], [])


@pytest.mark.parametrize(
    ("text", "number", "whole"),
    [
        ("12", True, True),
        ("-3.0", True, True),
        ("+1.", True, True),
        ("1.5", True, False),
        (".5e-3", True, False),
        ("", False, False),
        ("1_000", False, False),
        ("inf", False, False),
        ("nan", False, False),
        ("0x10", False, False),
        ("1,5", False, False),
        ("٣", False, False),
    ],
)
def test_numbers(text, number, whole):
    assert (is_number(text), is_whole(text)) == (number, whole)


def test_numbers_are_sorted_by_value_and_words_as_text():
    assert sorted_texts(["10", "2", "-1", "2"]) == ("-1", "2", "10")
    assert sorted_texts(["10", "2", "a"]) == ("10", "2", "a")


def test_lists_in_messages_are_short():
    assert some_rows(np.array([False, True])) == "row 1 (the first is row 0)"
    assert some_rows(np.ones(12, dtype=bool)) == "rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more (the first is row 0)"
    assert some_names(["a"] * 22) == ", ".join(["'a'"] * 20) + " and 2 more"


@pytest.mark.parametrize("names", [["id"], ["a,b"], ["a b", "c"], ['say "x"'], ["[1]", "é"], [";"], ["\t"]])
def test_suggested_options_can_be_typed(names, tmp_path, spell):
    frame = pd.DataFrame({**{name: [7, 8] for name in names}, "x": [1, 2], "y": ["p", "q"]})
    frame.to_parquet(tmp_path / "data.parquet")
    data = build("dataset", spell(tmp_path / "data.parquet") + f",drop={option_text(names)}")
    assert data.train.inputs.tolist() == [[1], [2]]
