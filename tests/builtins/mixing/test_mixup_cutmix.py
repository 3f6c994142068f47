from typing import Any

import pytest
import torch
from scipy.stats import binomtest, kstest

from imbalearn_builtins.mixing.mixup_cutmix import MixupCutMix
from imbalearn_torch import Batch, build, errors


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def zeros_and_ones(size: int, side: int = 64) -> tuple[Batch, Batch]:
    labels = torch.zeros(size, dtype=torch.int64)
    return Batch(torch.ones(size, 1, side, side), labels), Batch(torch.zeros(size, 1, side, side), labels + 1)


def is_cut(images: torch.Tensor) -> torch.Tensor:
    """Of ones and zeros, CutMix leaves ones and zeros."""
    return ((images == 0) | (images == 1)).flatten(1).all(1)


def test_each_sample_is_mixed_in_one_of_the_two_ways() -> None:
    mixed = MixupCutMix(prob=0.3)(*zeros_and_ones(1000), generator(1))
    cut = is_cut(mixed.images)
    assert binomtest(int(cut.sum()), 1000, 0.3).pvalue > 1e-3
    blended = mixed.images[~cut].flatten(1)
    assert bool((blended == blended[:, :1]).all())  # one share all over the picture
    torch.testing.assert_close(mixed.images.mean(dim=(1, 2, 3)), mixed.lam)


def test_lam_of_mixup_is_beta() -> None:
    mixed = MixupCutMix(alpha=0.4, prob=0.0)(*zeros_and_ones(2000, 2), generator(2))
    assert kstest(mixed.lam.numpy(), "beta", (0.4, 0.4)).pvalue > 1e-3


@pytest.mark.parametrize(("alpha", "mean"), [(1.0, 0.3208), (1e4, 0.5 - 0.5**1.5 / 2 + 0.25 / 16)])
def test_area_of_cutmix(alpha: float, mean: float) -> None:
    # A box of ratio r and a uniform centre keeps r - r^2 / 4 of each side, so with share s = r^2 the mean area is that
    # of s - s^1.5 / 2 + s^2 / 16: 0.3208 for s uniform (see test_cutmix), and that of s = 1/2 for a large alpha.
    mixed = MixupCutMix(cutmix_alpha=alpha, prob=1.0)(*zeros_and_ones(1500), generator(3))
    assert bool(is_cut(mixed.images).all())
    assert 1 - mixed.lam.mean().item() == pytest.approx(mean, abs=0.025)


def test_pictures_by_a_loop() -> None:
    source = generator(4)
    a, b = (Batch(torch.randn(40, 2, 8, 6, generator=source, dtype=torch.float64), torch.arange(40)) for _ in range(2))
    mixed = MixupCutMix()(a, b, generator(5))
    ways = set()
    for image, first, second, lam in zip(mixed.images, a.images, b.images, mixed.lam.double(), strict=True):
        if torch.allclose(image, lam * first + (1 - lam) * second, rtol=0, atol=1e-12):
            ways.add("mixup")
            continue
        ways.add("cutmix")
        pasted = (image == second).all(0)
        assert bool(((image == first).all(0) | pasted).all())
        rows, columns = pasted.nonzero().unbind(1)
        box = (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1)
        assert int(box) == int(pasted.sum())  # a rectangle
        assert lam.item() == pytest.approx(1 - int(box) / 48, abs=1e-6)
    assert ways == {"mixup", "cutmix"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0.0}, "`alpha` to be > 0 and finite, but got 0.0"),
        ({"cutmix_alpha": -1.0}, "`cutmix_alpha` to be > 0 and finite, but got -1.0"),
        ({"prob": 1.5}, r"`prob` to be in \[0, 1\], but got 1.5"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        MixupCutMix(**options)


def test_build() -> None:
    mix = build("mix", "mixup-cutmix:alpha=0.2,cutmix_alpha=0.5,prob=0.7,stop=0.5", epochs=10, num_classes=3)
    assert (mix.alpha, mix.cutmix_alpha, mix.prob, mix.end, mix.partner) == (0.2, 0.5, 0.7, 5, "batch")
