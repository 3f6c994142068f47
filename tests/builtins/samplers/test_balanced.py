import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from torch.utils.data import WeightedRandomSampler

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_torch import build

COUNTS = torch.tensor([300, 60, 8, 1])
TARGETS = torch.repeat_interleave(torch.arange(4), COUNTS)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("replacement", [True, False])
def test_it_draws_what_inverse_count_weights_draw(replacement: bool) -> None:
    weights = (1 / COUNTS.double())[TARGETS]
    theirs = list(WeightedRandomSampler(weights.tolist(), 40_000, generator=generator(1)))
    sampler = BalancedSampler(targets=TARGETS, epoch_size=40_000, replacement=replacement)
    ours = sampler.plan(0, generator(2))
    table = torch.stack([torch.bincount(TARGETS[plan], minlength=4) for plan in (torch.tensor(theirs), ours)])
    assert chi2_contingency(table.numpy()).pvalue > 1e-3
    expected = torch.zeros(4, dtype=torch.float64).index_add_(0, TARGETS, weights / weights.sum())
    torch.testing.assert_close(sampler.class_distribution(0), expected, rtol=0, atol=1e-9)


def test_absent_classes_have_no_share() -> None:
    sampler = BalancedSampler(targets=[1, 1, 1, 3], num_classes=5)
    assert sampler.class_distribution(0).tolist() == [0.0, 0.5, 0.0, 0.5, 0.0]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(1, 200), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_without_replacement_no_image_returns_before_its_class_is_through(
    labels: list[int], size: int, seed: int
) -> None:
    targets = torch.tensor(labels)
    plan = BalancedSampler(targets=targets, epoch_size=size, replacement=False).plan(0, generator(seed))
    for label in targets.unique():
        for turn in plan[targets[plan] == label].split(int((targets == label).sum())):
            assert turn.unique().numel() == turn.numel()


def test_without_replacement_every_turn_has_an_order_of_its_own() -> None:
    plan = BalancedSampler(targets=[0] * 50, epoch_size=150, replacement=False).plan(0, generator())
    first, second, third = (turn.tolist() for turn in plan.split(50))
    assert first != second
    assert second != third
    assert first != list(range(50))


def test_without_replacement_the_classes_still_alternate() -> None:
    plan = BalancedSampler(targets=TARGETS, epoch_size=4000, replacement=False).plan(0, generator())
    changes = (TARGETS[plan].diff() != 0).sum()
    assert 2800 < changes < 3200  # 3/4 of 3999 independent draws, +- 7 standard deviations


def test_build() -> None:
    sampler = build("sampler", "class-balanced:replacement=false,start=0.5", targets=TARGETS, num_classes=4, epochs=9)
    assert sampler.replacement is False
    assert sampler.first_epoch == 4  # round(4.5): to the even number
