"""Data in memory: the parts of a run share the tensors of the data set."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

import imbalearn_torch as ibt
from imbalearn_torch.data.prepare import channel_statistics
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import open_session

IMAGES = torch.randint(0, 256, (40, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def opened(inputs: Any = IMAGES, **options: Any) -> OpenData:
    data = ibt.Dataset(
        train=ibt.Samples(inputs, torch.arange(40) % 2),
        test=ibt.Samples(inputs, torch.arange(40) % 2),
        classes=("a", "b"),
    )
    settings = {
        "data": data,
        "epochs": 1,
        "threads": 1,
        "precision": "fp32",
        "backbone": "small-cnn",
        "augment": "none",
    }
    known = ibt.registry()
    return open_session(resolve_run(ibt.RunConfig(**settings | options), known), known).data


def test_parts_that_are_cut_are_rows_of_the_data_set() -> None:
    data = opened(val_fraction=0.25)
    validation, selection = data.validation(), data.selection
    assert validation is not None
    assert selection.val is not None
    for inputs, part in ((data.inputs, selection.train), (validation.inputs, selection.val)):
        assert isinstance(inputs, Rows)
        assert inputs.inputs is IMAGES
        assert torch.equal(torch.cat(list(inputs.split(7))), IMAGES[part.indices])
    assert data.statistics() == channel_statistics(IMAGES[selection.train.indices])


def test_parts_that_are_whole_are_the_tensors_of_the_data_set() -> None:
    data = opened(val_fraction=0)
    assert data.inputs is IMAGES
    assert data.test().inputs is IMAGES


def test_images_that_lie_in_memory_in_another_order_are_copied_once() -> None:
    turned = IMAGES.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    data = opened(turned, val_fraction=0.25)
    inputs = data.inputs
    assert isinstance(inputs, Tensor)
    assert inputs.is_contiguous()
    assert torch.equal(inputs, IMAGES[data.selection.train.indices])


def test_a_sampler_that_makes_samples_sees_the_training_part_alone() -> None:
    class Twice:
        def fit_resample(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
            seen.append((inputs, targets))
            return torch.cat([inputs, inputs]), torch.cat([targets, targets])

    seen: list[tuple[Tensor, Tensor]] = []
    data = opened(val_fraction=0.25, sampler=Twice())
    ((inputs, targets),) = seen
    assert torch.equal(inputs, IMAGES[data.selection.train.indices])
    assert torch.equal(targets, data.selection.train.targets)
    assert isinstance(data.inputs, Tensor)
    assert len(data.inputs) == 60
