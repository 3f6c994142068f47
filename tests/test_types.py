"""The records, and the ground floor's promise to cost nothing."""

from __future__ import annotations

import ast
import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
import torch

import imbalearn_torch.types as ground
from imbalearn_torch.types import Batch, Dataset, Mixed, Outputs, Samples


def test_fields_stand_in_the_order_of_the_contract() -> None:
    assert Batch._fields == ("images", "targets")
    assert Mixed._fields == ("images", "targets_a", "targets_b", "lam")
    assert Samples._fields == ("inputs", "targets")
    assert Outputs._fields == ("logits", "features", "targets")


def test_a_dataset_is_frozen_and_picklable() -> None:
    samples = Samples(torch.zeros(2, 3), torch.tensor([0, 1]))
    dataset = Dataset(train=samples, test=None, classes=("a", "b"))
    assert (dataset.validation, dataset.mean, dataset.std) == (None, None, None)
    assert (dataset.augment, dataset.imbalance) == ("none", "none")
    with pytest.raises(FrozenInstanceError):
        dataset.augment = "flip"  # pyright: ignore[reportAttributeAccessIssue]
    assert Dataset(samples, None, ("a", "b")) == dataset
    again = pickle.loads(pickle.dumps(dataset))
    assert again.classes == ("a", "b")
    assert torch.equal(again.train.targets, samples.targets)


@pytest.mark.parametrize("module", ["types", "errors", "streams", "priors"])
def test_the_ground_floor_imports_no_torch_at_its_top(module: str) -> None:
    tree = ast.parse((Path(str(ground.__file__)).parent / f"{module}.py").read_text(encoding="utf-8"))
    names = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= {
        "__future__",
        "collections",
        "dataclasses",
        "typing",
        "numpy",
        "imbalearn_torch",
    }
