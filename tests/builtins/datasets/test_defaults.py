import pytest
import torch

from imbalearn_builtins.datasets.defaults import (
    check_statistics,
    classes_of_labels,
    default_augment,
    labels_of_names,
    some_rows,
)
from imbalearn_torch.data.augment import AUGMENTATIONS
from imbalearn_torch.errors import DataError, OptionError


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((3, 32, 32), "crop:pad=4+flip+cutout:size=8"),  # as the built-in CIFAR data
        ((3, 64, 96), "crop:pad=8+flip+cutout:size=16"),
        ((3, 8, 8), "crop:pad=1+flip+cutout:size=2"),
        ((3, 7, 8), "none"),  # nothing is left of size // 8
        ((1, 32, 32), "none"),
        ((10,), "none"),
    ],
)
def test_the_default_augmentation(shape, text):
    assert default_augment(shape) == text
    AUGMENTATIONS.resolve_chain(text)


def test_statistics_of_another_length_or_sign():
    check_statistics(None, None, 3)
    check_statistics((0.0, -1.0, 2.0), (1.0, 2.0, 3.0), 3)
    with pytest.raises(OptionError, match=r"`mean` to be 3 numbers, one a channel, but got \[0.5\]"):
        check_statistics((0.5,), None, 3)
    with pytest.raises(OptionError, match=r"`std` to be > 0, but got \[0.0\]"):
        check_statistics((0.5,), (0.0,), 1)


def test_classes_of_labels():
    assert classes_of_labels({"train": torch.tensor([0, 2, -1]), "test": torch.tensor([3])}) == ("0", "1", "2", "3")
    with pytest.raises(DataError, match="one of 2 samples has the label 123456789"):
        classes_of_labels({"train": torch.tensor([0, 123456789])})


def test_labels_of_names():
    targets, classes = labels_of_names({"train": ["emu", "cat"], "test": ["dog"]})
    assert classes == ("cat", "dog", "emu")
    assert {part: each.tolist() for part, each in targets.items()} == {"train": [2, 0], "test": [1]}


def test_names_that_are_numbers_stand_in_the_order_of_numbers():
    assert labels_of_names({"train": ["10", "2", "0"], "test": ["002", "1"]})[1] == ("0", "1", "002", "2", "10")
    assert labels_of_names({"train": ["10", "2", "-1"]})[1] == ("-1", "10", "2")  # not all are whole numbers


def test_some_rows():
    assert some_rows([3]) == "row 3"
    assert some_rows(list(range(12))) == "rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
