import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from imbalearn_builtins.weights.inverse import InverseWeights
from imbalearn_torch import build


def test_by_hand() -> None:
    # 1/4, 1/2, 1/1 sum to 7/4; three classes: times 12/7
    weights = InverseWeights(class_counts=torch.tensor([4, 2, 0, 1]))(0)
    assert weights.tolist() == pytest.approx([3 / 7, 6 / 7, 0, 12 / 7], rel=1e-6)


def test_it_is_in_proportion_to_scikit_learns_balanced_weights() -> None:
    counts = [100, 40, 3, 1]
    targets = np.repeat(np.arange(4), counts)
    oracle = compute_class_weight("balanced", classes=np.arange(4), y=targets)
    weights = InverseWeights(class_counts=torch.tensor(counts))(0)
    assert weights.tolist() == pytest.approx((oracle * 4 / oracle.sum()).tolist(), rel=1e-6)


def test_deferred_through_the_registry() -> None:
    weights = build("weights", "inverse:start=0.5", class_counts=torch.tensor([3, 1]), epochs=4)
    assert [weights(epoch).tolist() for epoch in range(4)] == [[1.0, 1.0], [1.0, 1.0], [0.5, 1.5], [0.5, 1.5]]
