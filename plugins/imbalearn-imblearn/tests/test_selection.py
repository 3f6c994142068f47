"""Under-samplers: counts, and classes of which nothing would be left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from imblearn.under_sampling import EditedNearestNeighbours
from torch import Tensor

Pair = tuple[Tensor, Tensor]


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [  # from 60, 0, 25 and 12
        ("auto", [12, 0, 12, 12]),
        ("all", [12, 0, 12, 12]),
        ("not-minority", [12, 0, 12, 12]),
        ("not-majority", [60, 0, 12, 12]),
        ("majority", [12, 0, 25, 12]),
        ("1", [12, 0, 12, 12]),
        ("0.5", [24, 0, 24, 12]),
        ("0.4", [30, 0, 25, 12]),
        ("0.1", [60, 0, 25, 12]),
    ],
)
def test_counts_of_every_strategy(strategy: str, counts: list[int], table: Pair, resample: Callable[..., Pair]) -> None:
    for name in ("random-under", "near-miss", "cluster-centroids"):
        _, targets = resample(f"{name}:strategy={strategy}", table)
        assert torch.bincount(targets, minlength=4).tolist() == counts


def test_random_under_draws_without_repetition_unless_asked(table: Pair, resample: Callable[..., Pair]) -> None:
    inputs, _ = resample("random-under", table)
    assert inputs.unique(dim=0).shape[0] == len(inputs)
    repeated, targets = resample("random-under:replacement=true", table)
    assert len(targets) == 36
    assert repeated.unique(dim=0).shape[0] < 36


def test_a_class_that_editing_would_remove_stays(resample: Callable[..., Pair]) -> None:
    # Class 1 lies scattered within class 0; class 2, the smallest, lies far away.
    line = torch.arange(30.0)
    targets = torch.zeros(30, dtype=torch.int64)
    targets[[5, 15, 25]] = 1
    inputs = torch.cat([line, torch.tensor([500.0, 501.0])])[:, None]
    data = inputs, torch.cat([targets, torch.tensor([2, 2])])
    assert 1 not in EditedNearestNeighbours().fit_resample(*(each.numpy() for each in data))[1]
    with pytest.warns(UserWarning, match=r"^edited-nearest-neighbours: all samples stay .*\(class 1\)$"):
        kept, labels = resample("edited-nearest-neighbours", data)
    assert sorted(kept[labels == 1, 0].tolist()) == [5, 15, 25]
    assert int((labels == 0).sum()) < 27


def test_tomek_links_by_hand(resample: Callable[..., Pair]) -> None:
    # 4.0 of class 0 and 4.4 of class 1 are each other's nearest; 9 and 9.5 are of one class.
    inputs = torch.tensor([[0.0], [1.0], [2.5], [4.0], [4.4], [9.0], [9.5]])
    targets = torch.tensor([0, 0, 0, 0, 1, 1, 1])
    assert resample("tomek-links", (inputs, targets))[0].flatten().tolist() == [0, 1, 2.5, *inputs[4:, 0].tolist()]
    both = resample("tomek-links:strategy=all", (inputs, targets))[0].flatten().tolist()
    assert both == [0, 1, 2.5, 9, 9.5]


def test_near_miss_by_hand(resample: Callable[..., Pair]) -> None:
    inputs = torch.tensor([[0.0], [1.0], [2.0], [3.0], [8.0], [3.5], [4.0]])
    targets = torch.tensor([0, 0, 0, 0, 0, 1, 1])
    kept, labels = resample("near-miss:n_neighbors=2", (inputs, targets))
    assert sorted(kept[labels == 0, 0].tolist()) == [2, 3]


def test_fewer_neighbours_where_the_smallest_class_has_no_more(resample: Callable[..., Pair]) -> None:
    inputs, targets = torch.arange(12.0)[:, None], torch.tensor([0] * 11 + [1])
    with pytest.warns(UserWarning, match="^near-miss: `n_neighbors` is lowered from 3 to 1, the most that these data"):
        kept, labels = resample("near-miss", (inputs, targets))
    assert kept[:, 0].tolist() == [10, 11]
    assert labels.tolist() == [0, 1]


def test_all_knn_goes_on_with_fewer_neighbours(resample: Callable[..., Pair]) -> None:
    inputs, targets = torch.tensor([[0.0], [1.0], [1.1]]), torch.tensor([0, 0, 1])
    with pytest.warns(UserWarning, match="`n_neighbors` is lowered from 3 to 1"):
        kept, _ = resample("all-knn", (inputs, targets))
    assert kept[:, 0].tolist() == pytest.approx([0, 1.1])
