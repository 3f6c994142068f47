"""Beta draws against scipy, CutMix's boxes against a loop over pixels."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from scipy import stats

from imbalearn_torch.draws import sample_beta, sample_boxes
from imbalearn_torch.errors import OptionError

DRAWS = 20_000


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("alpha", "beta"), [(1.0, 1.0), (0.2, 0.2), (1.0, 0.2), (0.5, 3.0), (4.0, 2.0), (200.0, 300.0)]
)
def test_beta_is_scipys(alpha: float, beta: float) -> None:
    # Rounded to float32 as ours are: of Beta(1, 0.2), three draws in a hundred are nearer to 1 than to another float32.
    expected = stats.beta(alpha, beta).rvs(DRAWS, random_state=0).astype("float32")
    drawn = sample_beta(alpha, beta, DRAWS, seeded())
    result: Any = stats.ks_2samp(drawn.numpy(), expected)
    assert result.pvalue > 1e-3


@pytest.mark.parametrize(("alpha", "beta"), [(0.01, 0.01), (1e-4, 1e-4), (1e-4, 3e-4), (1e-6, 1e-6), (1.0, 1e-4)])
def test_tiny_parameters_give_scipys_distribution_where_float32_can_tell(alpha: float, beta: float) -> None:
    drawn = sample_beta(alpha, beta, DRAWS, seeded(1)).double()
    assert not drawn.isnan().any()
    for point in (1e-30, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-6):
        expected = stats.beta(alpha, beta).cdf(point)
        error = math.sqrt(expected * (1 - expected) / DRAWS)
        assert float((drawn <= point).double().mean()) == pytest.approx(expected, abs=4 * error + 1e-6), point


def test_huge_parameters_are_finite() -> None:
    assert sample_beta(1e12, 1e12, 100, seeded()).sub(0.5).abs().max() < 1e-4


def test_beta_is_float32_in_the_unit_interval_from_the_generator_alone() -> None:
    drawn = sample_beta(0.3, 0.7, 1000, seeded(3))
    torch.rand(7)
    assert torch.equal(drawn, sample_beta(0.3, 0.7, 1000, seeded(3)))
    assert (drawn.dtype, tuple(drawn.shape)) == (torch.float32, (1000,))
    assert bool(((drawn >= 0) & (drawn <= 1)).all())
    assert sample_beta(1.0, 1.0, 0, seeded()).shape == (0,)


@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 1.0), (1.0, -1.0), (math.nan, 1.0), (1.0, math.inf)])
def test_beta_refuses_what_has_no_distribution(alpha: float, beta: float) -> None:
    with pytest.raises(OptionError, match="> 0 and finite, but got"):
        sample_beta(alpha, beta, 3, seeded())


@pytest.mark.parametrize(("height", "width"), [(32, 32), (7, 12)])
def test_area_is_the_number_of_pixels_after_clipping(height: int, width: int) -> None:
    share = torch.rand(300, generator=seeded(2))
    boxes, area = sample_boxes(share, height, width, seeded(4))
    assert (boxes.dtype, tuple(boxes.shape), area.dtype) == (torch.int64, (300, 4), torch.float32)
    for (top, bottom, left, right), covered in zip(boxes.tolist(), area.tolist(), strict=True):
        assert 0 <= top <= bottom <= height
        assert 0 <= left <= right <= width
        inside = sum(top <= row < bottom and left <= column < right for row in range(height) for column in range(width))
        assert covered == pytest.approx(inside / (height * width), rel=1e-6)


def test_sides_before_clipping_are_those_of_the_paper() -> None:
    # Yun 2019: r_w = W sqrt(1 - lambda), r_h = H sqrt(1 - lambda); a box around pixel c reaches half a side each way.
    share = torch.full((4000,), 0.25)
    boxes, _ = sample_boxes(share, 20, 40, seeded())
    whole = (boxes[:, 0] > 0) & (boxes[:, 1] < 20) & (boxes[:, 2] > 0) & (boxes[:, 3] < 40)
    assert int(whole.sum()) > 500
    assert set((boxes[whole, 1] - boxes[whole, 0]).tolist()) == {10}
    assert set((boxes[whole, 3] - boxes[whole, 2]).tolist()) == {20}


def test_centres_are_uniform_over_the_pixels() -> None:
    # An empty box has its ends where its centre is.
    boxes, area = sample_boxes(torch.zeros(DRAWS), 8, 5, seeded(5))
    assert float(area.max()) == 0
    cells = torch.bincount(boxes[:, 0] * 5 + boxes[:, 2], minlength=40)
    assert cells.numel() == 40
    assert stats.chisquare(cells.numpy()).pvalue > 1e-3


def test_a_whole_share_covers_everything_around_the_middle() -> None:
    boxes, area = sample_boxes(torch.ones(2000), 4, 4, seeded(6))
    middle = (boxes == torch.tensor([0, 4, 0, 4])).all(dim=1)
    assert bool((area[middle] == 1).all())
    # Only the centre pixel (2, 2), one of 16, gives the whole image; every box reaches half way from its centre.
    assert float(middle.double().mean()) == pytest.approx(1 / 16, abs=4 * math.sqrt(15 / 256 / 2000))
    assert float(area.min()) == 0.25


def test_the_draws_of_a_seed_stay_what_they_are() -> None:
    # A resumed run draws them again and must see the same pictures: Gamma draws, then the coins, then the centres.
    source = seeded(7)
    shape = torch.full((2, 50), 0.3, dtype=torch.float64)
    first, second = torch._standard_gamma(shape, generator=source)  # pyright: ignore[reportPrivateImportUsage]
    torch.rand(50, dtype=torch.float64, generator=source)
    centres = torch.rand(2, 50, dtype=torch.float64, generator=source)
    again = seeded(7)
    share = sample_beta(0.3, 0.3, 50, again)
    boxes, _ = sample_boxes(share, 16, 24, again)
    assert torch.equal(share, (first / (first + second)).float())
    inside = boxes.view(-1, 2, 2)
    uncut = (inside[:, :, 0] > 0) & (inside[:, :, 1] < torch.tensor([16, 24]))
    middles = (centres * torch.tensor([[16], [24]])).long().T
    assert int(uncut.sum()) > 30
    assert torch.equal(inside.sum(dim=2)[uncut], 2 * middles[uncut])
    assert torch.equal(source.get_state(), again.get_state())
