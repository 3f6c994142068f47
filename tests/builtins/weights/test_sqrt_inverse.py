import pytest
import torch

from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_builtins.weights.inverse import InverseWeights
from imbalearn_builtins.weights.sqrt_inverse import SqrtInverseWeights
from imbalearn_torch import build


def test_by_hand() -> None:
    # 1/4, 1/2, 1/1 sum to 7/4; three classes: times 12/7
    weights = SqrtInverseWeights(class_counts=torch.tensor([16, 4, 0, 1]))(0)
    assert weights.tolist() == pytest.approx([3 / 7, 6 / 7, 0, 12 / 7], rel=1e-6)


def test_it_is_in_proportion_to_the_root_of_the_inverse_weights() -> None:
    counts = torch.tensor([5000, 300, 10, 1])
    roots = InverseWeights(class_counts=counts)(0).double().sqrt()
    ours = SqrtInverseWeights(class_counts=counts)(0).double()
    torch.testing.assert_close(ours, 4 * roots / roots.sum(), rtol=1e-6, atol=0)


def test_an_epoch_of_all_images_counts_as_the_sampler_sqrt_draws() -> None:
    targets = torch.repeat_interleave(torch.arange(4), torch.tensor([500, 0, 40, 3]))
    counts = torch.bincount(targets)
    mass = counts.double() * SqrtInverseWeights(class_counts=counts)(0).double()
    torch.testing.assert_close(mass / mass.sum(), SqrtSampler(targets=targets).class_distribution(0), rtol=1e-6, atol=0)


def test_deferred_through_the_registry() -> None:
    weights = build("weights", "sqrt-inverse:start=0.5", class_counts=torch.tensor([9, 1]), epochs=4)
    assert [weights(epoch).tolist() for epoch in range(4)] == [[1.0, 1.0], [1.0, 1.0], [0.5, 1.5], [0.5, 1.5]]
