import torch

from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_torch import build


def test_roots_by_hand() -> None:
    targets = torch.repeat_interleave(torch.arange(4), torch.tensor([16, 0, 4, 1]))
    expected = torch.tensor([4 / 7, 0, 2 / 7, 1 / 7], dtype=torch.float64)
    torch.testing.assert_close(SqrtSampler(targets=targets).class_distribution(0), expected, rtol=0, atol=1e-12)


def test_equal_counts_are_drawn_as_they_are() -> None:
    targets = torch.arange(30) % 3
    ours = SqrtSampler(targets=targets).class_distribution(0)
    torch.testing.assert_close(ours, InstanceSampler(targets=targets).class_distribution(0), rtol=0, atol=1e-12)


def test_build() -> None:
    sampler = build("sampler", "sqrt:epoch_size=12,start=0.2", targets=torch.tensor([0, 0, 1]), num_classes=2, epochs=5)
    assert (sampler.epoch_size, sampler.first_epoch) == (12, 1)
