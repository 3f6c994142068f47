"""Methods that find nothing to start from in a class: plain SMOTE steps in where imbalanced-learn gives up."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from imblearn.over_sampling import ADASYN, SVMSMOTE, KMeansSMOTE
from torch import Tensor

Pair = tuple[Tensor, Tensor]


@pytest.fixture
def apart() -> Pair:
    """Two clouds far from each other: no sample has a foreign neighbour."""
    drawn = np.random.RandomState(2)
    rows = np.concatenate([drawn.normal(size=(30, 2)), 100 + drawn.normal(size=(10, 2))]).astype(np.float32)
    return torch.from_numpy(rows), torch.tensor([0] * 30 + [1] * 10)


@pytest.fixture
def noise() -> Pair:
    """Every sample of the small class is alone among samples of the large one."""
    drawn = np.random.RandomState(3)
    centres = np.array([[0, 0], [50, 0], [0, 50]])
    large = np.concatenate([centre + drawn.normal(size=(20, 2)) for centre in centres])
    return torch.from_numpy(np.concatenate([large, centres]).astype(np.float32)), torch.tensor([0] * 60 + [1] * 3)


def test_adasyn_without_foreign_neighbours(apart: Pair, resample: Callable[..., Pair]) -> None:
    with pytest.raises(RuntimeError, match="Not any neigbours"):
        ADASYN().fit_resample(*(each.numpy() for each in apart))
    with pytest.warns(UserWarning, match=r"^adasyn: plain SMOTE is used.*Not any neigbours.*\(class 1\)$"):
        inputs, targets = resample("adasyn", apart)
    assert torch.bincount(targets).tolist() == [30, 30]
    assert (inputs[40:] > 90).all()


def test_adasyn_with_nothing_left_after_rounding(table: Pair, resample: Callable[..., Pair]) -> None:
    """Class 2 is to grow from 25 to 26: each of its samples gets less than half a new one. Class 3 loses some too."""
    with pytest.warns(UserWarning) as caught:
        _, targets = resample("adasyn:strategy=0.44", table)
    sentences = sorted(str(each.message) for each in caught)
    assert sentences[0] == "adasyn: fewer samples are made than asked for (class 3)"
    assert re.fullmatch(r"adasyn: plain SMOTE is used.*No samples will be generated.*\(class 2\)", sentences[1])
    assert int((targets == 2).sum()) == 26
    assert 12 < int((targets == 3).sum()) < 26


def test_svm_smote_with_nothing_but_noise(noise: Pair, resample: Callable[..., Pair]) -> None:
    with pytest.raises(ValueError, match="considered as noise"):
        SVMSMOTE(k_neighbors=2).fit_resample(*(each.numpy() for each in noise))
    with pytest.warns(UserWarning, match=r"^svm-smote: plain SMOTE is used.*noise \(class 1\)$"):
        _, targets = resample("svm-smote:k_neighbors=2", noise)
    assert torch.bincount(targets).tolist() == [60, 60]


def test_kmeans_smote_without_a_cluster(noise: Pair, resample: Callable[..., Pair]) -> None:
    with pytest.raises(RuntimeError, match="No clusters found"), np.errstate(all="ignore"):
        KMeansSMOTE(kmeans_estimator=3, random_state=0).fit_resample(*(each.numpy() for each in noise))
    with pytest.warns(UserWarning, match=r"^kmeans-smote: plain SMOTE is used.*No clusters found.*\(class 1\)$"):
        _, targets = resample("kmeans-smote:clusters=3", noise)
    assert torch.bincount(targets).tolist() == [60, 60]


def test_borderline_smote_leaves_a_class_without_danger(apart: Pair, resample: Callable[..., Pair]) -> None:
    with pytest.warns(UserWarning, match=r"^borderline-smote: nothing is made.*\(class 1\)$"):
        inputs, targets = resample("borderline-smote:m_neighbors=5", apart)
    assert torch.equal(inputs, apart[0])
    assert torch.equal(targets, apart[1])


def test_more_than_ten_classes_are_counted(resample: Callable[..., Pair]) -> None:
    targets = torch.cat([torch.zeros(5, dtype=torch.int64), torch.arange(1, 13)])
    with pytest.warns(UserWarning, match=r"\(classes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more\)$"):
        resample("smote:k_neighbors=1", (torch.rand(17, 2), targets))
