import pytest
import torch
from scipy.stats import binomtest

from imbalearn_builtins.mixing.cutmix import CutMix
from imbalearn_torch import Batch, build, errors


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def zeros_and_ones(size: int, height: int, width: int) -> tuple[Batch, Batch]:
    labels = torch.zeros(size, dtype=torch.int64)
    return Batch(torch.ones(size, 2, height, width), labels), Batch(torch.zeros(size, 2, height, width), labels + 1)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (5, 13)])
def test_lam_is_the_area_that_is_left(height: int, width: int) -> None:
    mixed = CutMix(prob=1.0)(*zeros_and_ones(500, height, width), generator(3))
    torch.testing.assert_close(mixed.images.mean(dim=(1, 2, 3)), mixed.lam)
    assert mixed.lam.unique().numel() > 10  # every sample has a box of its own


def test_boxes_are_clipped_at_the_border() -> None:
    # Without clipping lam would be as uniform as the Beta(1, 1) draw; E[lam] is then 1/2. Clipping only adds to it.
    # E[clipped side] for ratio r and a uniform centre is r - r^2/4, so E[area] = integral of (r - r^2/4)^2 over r^2 = s
    # uniform in [0, 1]: 1/2 - 1/2 * 2/5 + 1/16 * 1/3 = 0.5 - 0.2 + 0.0208 = 0.3208.
    mixed = CutMix(prob=1.0)(*zeros_and_ones(2000, 64, 64), generator(4))
    assert 1 - mixed.lam.mean().item() == pytest.approx(0.3208, abs=0.02)


def test_the_coin_is_tossed_for_every_sample() -> None:
    mixed = CutMix(prob=0.3)(*zeros_and_ones(2000, 64, 64), generator(5))
    changed = int((mixed.lam < 1).sum())
    # A box of less than 2 of 64 pixels is empty: with probability (2/64)^2 a tossed sample stays as it is.
    assert binomtest(changed, 2000, 0.3 * (1 - (2 / 64) ** 2)).pvalue > 1e-3


def test_probability_0_changes_nothing() -> None:
    a, b = zeros_and_ones(20, 8, 8)
    mixed = CutMix(prob=0.0)(a, b, generator())
    assert torch.equal(mixed.images, a.images)
    assert mixed.lam.tolist() == [1.0] * 20


@pytest.mark.parametrize("prob", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability(prob: float) -> None:
    with pytest.raises(errors.OptionError, match=rf"`prob` to be in \[0, 1\], but got {prob}"):
        CutMix(prob=prob)


def test_build() -> None:
    mix = build("mix", "cutmix:prob=1,alpha=0.5,stop=0.9", epochs=10, num_classes=3)
    assert (mix.alpha, mix.prob, mix.end, mix.partner) == (0.5, 1.0, 9, "batch")
