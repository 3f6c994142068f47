"""How uneven a distribution of classes is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch.metrics.imbalance import gini, imbalance_figures


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any))
def test_gini_is_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    values = np.array(counts, dtype=float)
    by_definition = np.abs(values[:, None] - values).sum() / (2 * len(values) * values.sum())
    assert gini(counts) == pytest.approx(by_definition, abs=1e-12)


def test_gini_of_nothing_has_no_value() -> None:
    assert gini([0, 0]) is None


def test_groups_and_ratio_of_the_long_tail_of_cifar10() -> None:
    figures = imbalance_figures([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50])
    assert (figures["images"], figures["ratio"], figures["absent"]) == (12406, 100.0, [])
    assert figures["groups"] == {"many": list(range(8)), "medium": [8, 9], "few": []}


def test_an_absent_class_is_few_and_not_the_smallest() -> None:
    figures = imbalance_figures([101, 100, 20, 19, 0])
    assert figures["groups"] == {"many": [0], "medium": [1, 2], "few": [3, 4]}
    assert (figures["smallest"], figures["absent"]) == (19, [4])


def test_without_images_there_is_no_ratio() -> None:
    assert imbalance_figures([0])["ratio"] is None
