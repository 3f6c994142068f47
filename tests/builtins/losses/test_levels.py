import pytest
import torch

from imbalearn_builtins.losses.levels import LEVELS, random_levels


@pytest.mark.parametrize("shape", [(3, 5), (4, 4), (1, 1), (0, 7)])
def test_one_level_for_each_logit(shape: tuple[int, int]) -> None:
    levels = random_levels(torch.empty(shape, dtype=torch.float64))
    assert (levels.shape, levels.dtype) == (shape, torch.uint16)


def test_all_levels_are_equally_likely() -> None:
    torch.manual_seed(0)
    drawn = torch.bincount(random_levels(torch.empty(1024, 1024)).int().flatten(), minlength=LEVELS).double()
    # Each of 2^16 levels is drawn Poisson(16) times: Pearson's statistic has mean 2^16 and deviation sqrt(2^17) = 362.
    assert drawn.numel() == LEVELS
    assert abs(((drawn - 16) ** 2 / 16).sum().item() - LEVELS) < 4 * 362


def test_neighbours_are_independent() -> None:
    # Four levels come from one word: within it, and from word to word, they must not know of each other.
    torch.manual_seed(0)
    levels = random_levels(torch.empty(2**18, 4)).double() / LEVELS - 0.5
    correlation = levels.T.cov(correction=0) * 12
    assert (correlation - torch.eye(4, dtype=torch.float64)).abs().max() < 5 / 2**9
    assert abs((levels[1:, 0] * levels[:-1, 3]).mean().item() * 12) < 5 / 2**9


def test_torchs_default_generator_alone_decides() -> None:
    torch.manual_seed(3)
    first, second = random_levels(torch.empty(5, 9)), random_levels(torch.empty(5, 9))
    torch.manual_seed(3)
    assert torch.equal(random_levels(torch.ones(5, 9)), first)
    assert not torch.equal(first, second)
