"""Plain SMOTE: where new samples lie, and what becomes of small classes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

Pair = tuple[Tensor, Tensor]


def on_a_segment(point: Tensor, members: Tensor, neighbours: int) -> bool:
    """Whether a point lies between a member and one of its nearest other members."""
    for start in members:
        distance = (members - start).norm(dim=1)
        for end in members[distance.argsort()[1 : neighbours + 1]]:
            step = end - start
            share = float((point - start) @ step / (step @ step))
            if -1e-5 <= share <= 1 + 1e-5 and torch.allclose(start + share * step, point, atol=1e-4):
                return True
    return False


@pytest.mark.parametrize("neighbours", [1, 3])
def test_new_samples_lie_between_neighbours_of_their_class(
    neighbours: int, table: Pair, resample: Callable[..., Pair]
) -> None:
    inputs, targets = resample(f"smote:k_neighbors={neighbours}", table)
    for label in (2, 3):
        members = table[0][table[1] == label]
        made = inputs[len(table[0]) :][targets[len(table[0]) :] == label]
        assert len(made) == 60 - len(members)
        assert all(on_a_segment(point, members, neighbours) for point in made)


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [  # from 60, 0, 25 and 12
        ("auto", [60, 0, 60, 60]),
        ("all", [60, 0, 60, 60]),
        ("not-majority", [60, 0, 60, 60]),
        ("not-minority", [60, 0, 60, 12]),
        ("minority", [60, 0, 25, 60]),
        ("1", [60, 0, 60, 60]),
        ("0.5", [60, 0, 30, 30]),
        ("0.3", [60, 0, 25, 18]),
        ("0.1", [60, 0, 25, 12]),
    ],
)
def test_counts_of_every_strategy(strategy: str, counts: list[int], table: Pair, resample: Callable[..., Pair]) -> None:
    for name in ("smote", "random-over"):
        _, targets = resample(f"{name}:strategy={strategy}", table)
        assert torch.bincount(targets, minlength=4).tolist() == counts


def test_fewer_neighbours_where_a_class_has_no_more(resample: Callable[..., Pair]) -> None:
    inputs = torch.tensor([[float(i), 0] for i in range(9)] + [[0.0, 10], [1.0, 10]])
    targets = torch.tensor([0] * 9 + [1] * 2)
    with pytest.warns(UserWarning, match=r"^smote: fewer than 5 neighbours are used.*\(class 1\)$"):
        made, labels = resample("smote", (inputs, targets))
    assert torch.bincount(labels).tolist() == [9, 9]
    new = made[11:]
    assert (new[:, 1] == 10).all()
    assert ((new[:, 0] >= 0) & (new[:, 0] <= 1)).all()
    assert new[:, 0].unique().numel() == 7


def test_a_single_sample_is_repeated(resample: Callable[..., Pair]) -> None:
    inputs = torch.arange(20.0).reshape(10, 2)
    targets = torch.tensor([0] * 6 + [2, 3, 3, 3])
    with pytest.warns(UserWarning) as caught:
        made, labels = resample("smote:k_neighbors=2", (inputs, targets))
    assert [str(each.message) for each in caught] == [
        "smote: single samples are repeated, for they have no neighbours (class 2)"
    ]
    assert torch.bincount(labels).tolist() == [6, 0, 6, 6]
    assert torch.equal(made[labels == 2], inputs[6].repeat(6, 1))


def test_a_small_class_takes_no_neighbours_from_others(table: Pair, resample: Callable[..., Pair]) -> None:
    """imbalanced-learn has one k for all classes; here a class of two leaves the others their five."""
    tiny = torch.cat([table[0], torch.tensor([[50.0] * 4, [51.0] * 4])]), torch.cat([table[1], torch.tensor([4, 4])])
    with pytest.warns(UserWarning, match=r"\(class 4\)"):
        made, labels = resample("smote", tiny)
    plain, plain_labels = resample("smote", table)
    for label in (2, 3):
        assert torch.equal(made[99:][labels[99:] == label], plain[97:][plain_labels[97:] == label])
