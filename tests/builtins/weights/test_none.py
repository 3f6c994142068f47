import torch

from imbalearn_builtins.weights.none import NoWeights
from imbalearn_torch import build


def test_present_classes_weigh_1() -> None:
    weights = NoWeights(class_counts=torch.tensor([5, 0, 500]))
    assert all(torch.equal(weights(epoch), torch.tensor([1.0, 0.0, 1.0])) for epoch in (0, 1, 1000))


def test_through_the_registry() -> None:
    assert torch.equal(build("weights", "none", class_counts=torch.tensor([5, 2]), epochs=3)(2), torch.ones(2))


def test_takes_start_as_every_scheme_does() -> None:
    weights = build("weights", "none:start=0.5", class_counts=torch.tensor([5, 0, 500]), epochs=4)
    assert all(torch.equal(weights(epoch), torch.tensor([1.0, 0.0, 1.0])) for epoch in range(4))
