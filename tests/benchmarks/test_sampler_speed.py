"""The labels and the memory that the sampler's measurement rests on."""

from __future__ import annotations

import pytest
import torch

from benchmarks.sampler_speed import labels, large
from imbalearn_torch import registry


def test_labels_are_of_ten_classes_the_rarer_the_higher() -> None:
    counts = torch.bincount(labels(100_000)).double() / 100_000
    # A cube of a uniform draw lies below (c + 1) / 10 with the probability of the cube root of that.
    expected = torch.arange(11).div(10).pow(1 / 3).diff()
    torch.testing.assert_close(counts, expected.double(), rtol=0, atol=4 * 0.5 / 100_000**0.5)


@pytest.mark.parametrize("name", [entry.name for entry in registry(plugins=False).entries("sampler")])
def test_every_sampler_is_measured(name: str) -> None:
    threads = torch.get_num_threads()
    try:
        found = large(name, 1000)
    finally:
        torch.set_num_threads(threads)
    assert found["plan_seconds"] > 0
    assert found["megabytes"] >= 0
