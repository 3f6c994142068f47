import pytest
import torch
from scipy.stats import binomtest

from imbalearn_builtins.mixing.balanced_mixup import BalancedMixup
from imbalearn_torch import Batch, build


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_formula_of_the_paper() -> None:
    x, y = torch.randn(2, 16, 3, 4, 4, generator=generator(), dtype=torch.float64)
    labels = torch.arange(16)
    mixed = BalancedMixup()(Batch(x, labels), Batch(y, labels.flip(0)), generator(1))
    lam = mixed.lam.double().view(-1, 1, 1, 1)
    torch.testing.assert_close(mixed.images, lam * x + (1 - lam) * y, rtol=0, atol=1e-12)
    assert torch.equal(mixed.targets_b, labels.flip(0))


@pytest.mark.parametrize("alpha", [0.1, 0.2, 2.0])
@pytest.mark.parametrize("bound", [0.1, 0.5, 0.9, 0.999])
def test_the_share_of_the_image_as_it_comes_is_beta_1_alpha(alpha: float, bound: float) -> None:
    # P(lam > x) = (1 - x)^alpha. At 0.1 a sixth of the draws is 1 in float32, so a test of the whole curve would fail.
    batch = Batch(torch.zeros(4000, 1), torch.zeros(4000, dtype=torch.int64))
    lam = BalancedMixup(alpha=alpha)(batch, batch, generator(2)).lam
    assert binomtest(int((lam > bound).sum()), 4000, (1 - bound) ** alpha).pvalue > 1e-3


def test_build() -> None:
    mix = build("mix", "balanced-mixup:stop=0.5", epochs=20, num_classes=10, class_counts=torch.ones(10))
    assert (mix.alpha, mix.end, mix.partner) == (0.2, 10, "balanced")
