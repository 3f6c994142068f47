import pandas as pd
import pytest

from imbalearn_tabular.labels import encode_labels
from imbalearn_torch.errors import DataError


def encode(train, max_classes=1000, **parts):
    targets = {part: pd.Series(values, name="kind") for part, values in {"train": train, **parts}.items()}
    return encode_labels(targets, {part: f"{part}.csv" for part in targets}, max_classes)


@pytest.mark.parametrize(
    ("values", "classes", "labels"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        ([10, 2, 2], ("2", "10"), [1, 0, 0]),
        ([10.0, 2.0], ("2", "10"), [1, 0]),
        (["10", "2.0", "-1"], ("-1", "2", "10"), [2, 1, 0]),
        ([True, False], ("False", "True"), [1, 0]),
        (["2", "10", "x"], ("10", "2", "x"), [1, 0, 2]),
        (["NA", "EU"], ("EU", "NA"), [1, 0]),  # continents
        (["None", "Apnea"], ("Apnea", "None"), [1, 0]),
        (pd.Categorical(["v", "u"], categories=["w", "v", "u"]), ("u", "v"), [1, 0]),
    ],
)
def test_names_and_order(values, classes, labels):
    found, names = encode(values)
    assert (names, found["train"].tolist()) == (classes, labels)


def test_the_classes_are_those_of_all_parts():
    labels, classes = encode(["b", "a"], test=["c", "b"], validation=["a0", "b"])
    assert classes == ("a", "a0", "b", "c")
    assert {part: each.tolist() for part, each in labels.items()} == {
        "train": [2, 0],
        "test": [3, 2],
        "validation": [1, 2],
    }


def test_floats_in_one_part_are_the_integers_of_the_other():
    labels, classes = encode(["1.0", "0.0"], test=[0, 1])
    assert (classes, labels["test"].tolist()) == (("0", "1"), [0, 1])


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (["a", None, "b", None], r"train.csv: the target 'kind' has no value in rows 1, 3 \(the first is row 0\)"),
        ([0.0, float("nan"), 1.0], r"has no value in row 1 \(the"),
        (["3", "NA", "5"], r"has no value in row 1 \(the"),  # beside numbers it is no name
        ([0.5, 1.0, 1.5], r"must be words or whole numbers, but is not in rows 0, 2 \(the"),
        (["a", "a"], "has a single class, 'a'"),
        ([None] * 15, r"has no value in rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 5 more \(the"),
    ],
)
def test_targets_of_no_use(values, problem):
    with pytest.raises(DataError, match=problem):
        encode(values)


def test_too_many_classes():
    with pytest.raises(DataError, match="has 5 classes, more than max_categories=4; is it the right column"):
        encode(range(5), max_classes=4)
