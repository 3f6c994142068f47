import torch

from imbalearn_builtins.samplers.reverse import ReverseSampler
from imbalearn_torch import build


def test_shares_by_hand() -> None:
    # 1/4, 1/2, 1/1 sum to 7/4
    targets = torch.repeat_interleave(torch.arange(4), torch.tensor([4, 2, 0, 1]))
    expected = torch.tensor([1 / 7, 2 / 7, 0, 4 / 7], dtype=torch.float64)
    torch.testing.assert_close(ReverseSampler(targets=targets).class_distribution(0), expected, rtol=0, atol=1e-12)


def test_equal_counts_are_drawn_equally() -> None:
    assert ReverseSampler(targets=[0, 1, 2, 0, 1, 2, 3, 3]).class_distribution(0).tolist() == [0.25] * 4


def test_build() -> None:
    sampler = build("sampler", "reverse:start=0.5,epoch_size=3", targets=torch.tensor([0, 0, 1]), epochs=2)
    assert [sampler.class_distribution(epoch)[0].item() for epoch in (0, 1)] == [2 / 3, 1 / 3]
    assert sampler.epoch_size == 3
