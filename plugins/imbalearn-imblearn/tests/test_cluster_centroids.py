"""Centres of clusters in the place of samples."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Pair = tuple[Tensor, Tensor]


def test_centres_are_means_of_their_clusters(resample: Callable[..., Pair]) -> None:
    inputs = torch.tensor([[0], [2], [4], [100], [104], [50], [60]], dtype=torch.uint8).reshape(-1, 1, 1, 1)
    targets = torch.tensor([0, 0, 0, 0, 0, 1, 1])
    made, labels = resample("cluster-centroids", (inputs, targets))
    assert made.dtype == torch.uint8
    assert sorted(made[labels == 0].flatten().tolist()) == [2, 102]
    assert made[labels == 1].flatten().tolist() == [50, 60]
    hard, labels = resample("cluster-centroids:voting=hard", (inputs, targets))
    assert {2} < set(hard[labels == 0].flatten().tolist()) < {2, 100, 104}


def test_balanced_data_stay_as_they_are(resample: Callable[..., Pair]) -> None:
    inputs, targets = torch.rand(8, 2), torch.arange(8) % 2
    made, labels = resample("cluster-centroids", (inputs, targets))
    assert torch.equal(made, inputs)
    assert torch.equal(labels, targets)
