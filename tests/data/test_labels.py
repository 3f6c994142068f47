from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset, random_split
from torchvision.datasets import CIFAR10, ImageFolder

from imbalearn_torch import Samples, errors, labels_of

IMAGES = torch.zeros(4, 1, 2, 2)
TENSORS = TensorDataset(IMAGES, torch.tensor([2, 0, 1, 1]))


class Unread(Dataset):
    """A data set whose items cannot be read."""

    def __init__(self, length: int = 4, **attributes: Any) -> None:
        self.length = length
        self.__dict__.update(attributes)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        raise AssertionError("an item was read")


class HubData:
    """What of a Hugging Face data set is used: its columns are lazy, and `with_format(None)` undoes a transform."""

    def __init__(self, columns: dict[str, list], classes: tuple[str, ...] = (), plain: bool = False) -> None:
        self.columns, self.classes, self.plain = columns, classes, plain

    @property
    def column_names(self) -> list[str]:
        return list(self.columns)

    @property
    def features(self) -> dict[str, Any]:
        return {name: str if name in self.classes else None for name in self.columns} | {
            name: type("ClassLabel", (), {"str2int": None}) for name in self.classes
        }

    def with_format(self, kind: None) -> "HubData":
        return HubData(self.columns, self.classes, plain=kind is None)

    def __getitem__(self, name: str) -> list:
        assert self.plain
        assert name != "image"
        return self.columns[name]

    def __len__(self) -> int:
        return 3


def check(dataset: Any, expected: list[int]) -> None:
    labels = labels_of(dataset)
    assert labels.dtype == torch.int64
    assert labels.tolist() == expected


def test_tensors() -> None:
    check(TENSORS, [2, 0, 1, 1])


def test_our_samples() -> None:
    check(Samples(IMAGES, torch.tensor([2, 0, 1, 1])), [2, 0, 1, 1])
    check(Samples(Unread(), torch.tensor([2, 0, 1, 1])), [2, 0, 1, 1])


@pytest.mark.parametrize("indices", [[3, 0], torch.tensor([3, 0]), np.array([3, 0])])
def test_subset(indices: Any) -> None:
    check(Subset(TENSORS, indices), [1, 2])


def test_subsets_and_concatenations_of_each_other() -> None:
    check(ConcatDataset([Subset(TENSORS, [0, 1]), Unread(targets=[5, 6, 7, 8])]), [2, 0, 5, 6, 7, 8])
    check(Subset(ConcatDataset([TENSORS, TENSORS]), range(3, 6)), [1, 2, 0])
    check(Subset(Subset(TENSORS, [3, 2, 0]), [2, 0]), [2, 1])
    check(Subset(TENSORS, []), [])


def test_random_split_agrees_with_its_items() -> None:
    for part in random_split(TENSORS, [3, 1], generator=torch.Generator().manual_seed(0)):
        check(part, [int(part[index][1]) for index in range(len(part))])


@pytest.mark.parametrize("name", ["targets", "labels", "y"])
@pytest.mark.parametrize(
    "values",
    [
        [1, 0, 0, 2],
        (1, 0, 0, 2),
        torch.tensor([1, 0, 0, 2], dtype=torch.uint8),
        np.array([1, 0, 0, 2], dtype=np.uint16),
        [np.int32(1), 0, 0, torch.tensor(2)],
    ],
)
def test_attributes_of_any_integer_type(name: str, values: Any) -> None:
    check(Unread(**{name: values}), [1, 0, 0, 2])


def test_labels_may_be_the_names_of_the_classes() -> None:
    check(Unread(labels=["cat", "dog", "emu", "fox"], y=[3, 3, 0, 1]), [3, 3, 0, 1])
    check(Unread(targets=[0, 1], labels=[3, 3, 0, 1]), [3, 3, 0, 1])  # two numbers are not one an item


def test_pairs_of_path_and_label() -> None:
    check(Unread(samples=[("a", 1), ("b", 0), ("c", 0), ("d", 4)]), [1, 0, 0, 4])


def test_image_folder_decodes_nothing(tmp_path: Path) -> None:
    for name, files in {"cat": 2, "dog": 1}.items():
        (tmp_path / name).mkdir()
        for index in range(files):
            (tmp_path / name / f"{index}.png").write_bytes(b"no image")
    check(ImageFolder(tmp_path), [0, 0, 1])
    check(ImageFolder(tmp_path, target_transform=lambda label: 1 - label), [1, 1, 0])


def test_cifar() -> None:
    dataset = CIFAR10.__new__(CIFAR10)  # without the download
    dataset.data, dataset.targets = np.zeros((3, 32, 32, 3), dtype=np.uint8), [6, 9, 9]
    check(dataset, [6, 9, 9])


def test_a_target_transform_to_something_else_is_refused() -> None:
    with pytest.raises(errors.DataError):
        labels_of(Unread(targets=[0, 1, 1, 0], target_transform=str))


def test_hub_data() -> None:
    images = [None] * 3
    check(HubData({"image": images, "label": [1, 0, 2]}), [1, 0, 2])
    check(HubData({"image": images, "fine_label": [7, 8, 9], "coarse_label": [0, 0, 1]}), [7, 8, 9])
    check(HubData({"image": images, "kind": [1, 1, 0], "age": [70, 80, 90]}, classes=("kind",)), [1, 1, 0])
    check(Subset(HubData({"label": [1, 0, 2]}), [2]), [2])  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("columns", [{"label": ["cat", "dog", "cat"]}, {"image": [None] * 3}])
def test_hub_data_without_integers_names_its_columns(columns: dict[str, list]) -> None:
    with pytest.raises(errors.DataError, match=rf"but got HubData with \['{next(iter(columns))}'\]"):
        labels_of(HubData(columns))


class Stream(IterableDataset):
    targets = (0, 1)

    def __iter__(self) -> Any:
        raise AssertionError("the data set was iterated")


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (Unread(), "but got Unread$"),
        (Unread(targets=[0.5] * 4), "but got Unread, whose `targets` is not one integer an item"),
        (Unread(targets=[0, 1, 2]), "but got Unread, whose `targets` is not one integer an item"),
        (Unread(targets=torch.eye(4, dtype=torch.int64)), "whose `targets` is not one integer an item"),
        (Unread(samples=[("a", 1, 2)] * 4), "whose `samples` is not one integer an item"),
        (TensorDataset(IMAGES), "but got TensorDataset"),
        (Subset(Unread(), [0]), "but got Unread$"),
        (Stream(), "but got Stream"),
        (5, "but got int"),
    ],
)
def test_what_was_looked_for(dataset: Any, message: str) -> None:
    with pytest.raises(errors.DataError, match=message) as caught:
        labels_of(dataset)
    for place in ("Subset", "ConcatDataset", "TensorDataset", "`targets`", "`labels`", "`samples`", "`fine_label`"):
        assert place in str(caught.value)
