import dataclasses

import pytest
import torch

from imbalearn_torch import Dataset, Samples
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.errors import DataError


def images(count, channels=3, side=4):
    return torch.zeros(count, channels, side, side, dtype=torch.uint8)


GOOD = Dataset(
    train=Samples(images(4), torch.tensor([0, 1, 1, 0])),
    test=Samples(images(2), torch.tensor([1, 0])),
    classes=("cat", "dog"),
    mean=(0.5, 0.5, 0.5),
    std=(1, 1, 1),
)


def changed(**fields):
    return dataclasses.replace(GOOD, **fields)


def with_targets(*labels):
    return changed(train=Samples(images(len(labels)), torch.tensor(labels)))


def test_good_data_pass_without_a_word():
    assert check_dataset(GOOD) == ()
    assert check_dataset(changed(test=None)) == ()
    table = Samples(torch.zeros(2, 7), torch.tensor([0, 1]))
    assert check_dataset(Dataset(train=table, test=table, classes=("a", "b"))) == ()


def test_map_style_images_are_not_touched():
    class Shelf:
        def __getitem__(self, index):
            raise AssertionError("an image was decoded")

    assert check_dataset(changed(train=Samples(Shelf(), torch.tensor([0, 1, 1])))) == ()


def test_a_class_without_images_is_a_warning():
    warnings = check_dataset(changed(classes=("cat", "dog", "emu", "fox")))
    assert warnings == ("2 of 4 classes ('emu', 'fox') have no training image",)


def test_a_single_class_is_a_warning():
    only = Samples(images(2), torch.tensor([0, 0]))
    assert check_dataset(Dataset(train=only, test=None, classes=("cat",))) == (
        "the data have a single class, 'cat': there is nothing to tell apart",
    )


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ((images(1), 0), "Expected a data set .* imbalearn_torch.Dataset, but got tuple"),
        (changed(classes=["cat", "dog"]), r"`classes` must be a tuple of at least one str, but is \['cat', 'dog'\]"),
        (changed(classes=()), "at least one str"),
        (changed(classes=(0, 1)), "at least one str"),
        (changed(augment=None), "`augment` must be a str, but is None"),
        (changed(mean=[0.5] * 3), "`mean` must be a tuple of finite numbers"),
        (changed(mean=(0.5, float("nan"), 0.5)), "`mean` must be a tuple of finite numbers"),
        (changed(mean=(0.5,)), "`mean` must hold one number for each of 3 channels"),
        (changed(std=(1, 0, 1)), "`std` must be > 0"),
        (changed(train=None), "the training part must be a Samples record, but is a NoneType"),
        (changed(train=(images(1), torch.tensor([0]))), "the training part must be a Samples record, but is a tuple"),
        (changed(train=Samples(images(4).float(), torch.zeros(4).long())), r"but are torch.float32 \[4, 3, 4, 4\]"),
        (changed(train=Samples(7, torch.zeros(4).long())), "the training inputs must be a tensor or .*, but are a int"),
        (
            changed(train=Samples(images(4), [0, 1, 0, 1])),
            "the training targets must be an int64 tensor .*, but are a list",
        ),
        (
            changed(train=Samples(images(4), torch.zeros(4))),
            r"targets must be int64 \[N\], but are torch.float32 \[4\]",
        ),
        (changed(train=Samples(images(4), torch.zeros(4, 1).long())), r"but are torch.int64 \[4, 1\]"),
        (changed(train=Samples(images(4), torch.zeros(3).long())), "the training part has 4 inputs, but 3 targets"),
        (changed(train=Samples(images(0), torch.zeros(0).long())), "the training part is empty"),
        (changed(test=Samples(images(0), torch.zeros(0).long())), "the test part is empty"),
        (
            changed(validation=Samples(images(2), torch.tensor([0, 2]))),
            r"validation targets .* in 0..1, but row 1 is 2",
        ),
        (changed(test=Samples(images(2, side=5), torch.tensor([0, 1]))), r"test inputs have shape \[3, 5, 5\] each"),
        (with_targets(0, -1, 1, -100), r"in 0..1, but row 1 is -1, row 3 is -100$"),
    ],
)
def test_problems(dataset, words):
    with pytest.raises(DataError, match=words):
        check_dataset(dataset)


def test_ten_rows_are_named_and_the_others_counted():
    with pytest.raises(DataError) as caught:
        check_dataset(with_targets(0, *[5] * 13))
    rows = ", ".join(f"row {row} is 5" for row in range(1, 11))
    assert str(caught.value) == f"the training targets must be in 0..1, but {rows}, and 3 more rows"


def test_numbers_that_are_not_finite():
    table = torch.tensor([[0.0, 1.0], [float("nan"), 1.0], [0.0, float("inf")]])
    part = Samples(table, torch.tensor([0, 1, 0]))
    with pytest.raises(DataError, match=r"the training inputs must be finite, but these are not: row 1, row 2$"):
        check_dataset(Dataset(train=part, test=None, classes=("a", "b")))


def test_all_problems_are_reported_together():
    bad = changed(
        augment=1, train=Samples(images(3), torch.tensor([0, 9])), test=Samples(images(1), torch.tensor([1.0]))
    )
    with pytest.raises(DataError) as caught:
        check_dataset(bad)
    assert len(str(caught.value).splitlines()) == 4
