import pytest
import torch
from scipy.stats import kstest

from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_torch import Batch, build


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("shape", [(16, 3, 4, 4), (16, 5)])
def test_the_formula_of_the_paper(shape: tuple[int, ...]) -> None:
    x, y = torch.randn(2, *shape, generator=generator(), dtype=torch.float64)
    labels = torch.arange(16)
    mixed = Mixup()(Batch(x, labels), Batch(y, labels.flip(0)), generator(1))
    lam = mixed.lam.double().view(-1, *[1] * (len(shape) - 1))
    torch.testing.assert_close(mixed.images, lam * x + (1 - lam) * y, rtol=0, atol=1e-12)
    assert mixed.lam.unique().numel() == 16  # every sample has its own


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_lam_is_beta(alpha: float) -> None:
    images = torch.zeros(4000, 1)
    batch = Batch(images, torch.zeros(4000, dtype=torch.int64))
    lam = Mixup(alpha=alpha)(batch, batch, generator(2)).lam
    assert kstest(lam.numpy(), "beta", (alpha, alpha)).pvalue > 1e-3


def test_build() -> None:
    mix = build("mix", "mixup:alpha=0.2,stop=0.5", epochs=20, num_classes=10, class_counts=torch.ones(10))
    assert (mix.alpha, mix.end, mix.partner) == (0.2, 10, "batch")
