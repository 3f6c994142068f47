import math

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from imbalearn_builtins.samplers import repeat_factor
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.samplers.repeat_factor import RepeatFactorSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_torch import build, errors
from imbalearn_torch.data.plan import Planner

COUNTS = torch.tensor([800, 0, 160, 40])
TARGETS = torch.repeat_interleave(torch.arange(4), COUNTS)[
    torch.randperm(1000, generator=torch.Generator().manual_seed(5))
]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_factors_by_hand() -> None:
    # f = .8, -, .16, .04; sqrt(.25 / .16) = 1.25, sqrt(.25 / .04) = 2.5
    factors = RepeatFactorSampler(targets=TARGETS, threshold=0.25).factors
    assert factors.dtype == torch.float64
    assert factors[[0, 2, 3]].tolist() == pytest.approx([1, 1.25, 2.5], abs=1e-12)
    assert factors.isfinite().all()


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_every_image_is_rounded_by_a_draw_of_its_own(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeat_factor, "_CHUNK", chunk)
    sampler = RepeatFactorSampler(targets=TARGETS, threshold=0.25)
    uniform, source = [], generator(2)
    for start in range(0, 1000, chunk):
        uniform += torch.rand(min(chunk, 1000 - start), dtype=torch.float64, generator=source).tolist()
    expected = []
    for image, (label, draw) in enumerate(zip(TARGETS.tolist(), uniform, strict=True)):
        factor = {0: 1.0, 2: 1.25, 3: 2.5}[label]
        expected += [image] * (math.floor(factor) + (draw < factor - math.floor(factor)))
    plan = sampler.plan(0, generator(2))
    assert plan.dtype == torch.int64
    assert sorted(plan.tolist()) == expected
    assert plan.tolist() != expected


def test_a_factor_a_little_above_1_repeats_a_few() -> None:
    # f = .6 and .4, sqrt(.4 * 1.005^2 / .4) = 1.005: rounded up, every image of the class would occur twice.
    targets = torch.repeat_interleave(torch.arange(2), torch.tensor([30_000, 20_000]))
    sampler = RepeatFactorSampler(targets=targets, threshold=0.4 * 1.005**2)
    times = torch.bincount(sampler.plan(0, generator()), minlength=50_000)
    assert bool((times[:30_000] == 1).all())
    assert set(times[30_000:].tolist()) == {1, 2}
    twice = int((times == 2).sum())
    assert binomtest(twice, 20_000, 0.005).pvalue > 1e-3


def test_the_rounding_is_redrawn_every_epoch() -> None:
    sampler = RepeatFactorSampler(targets=TARGETS, threshold=0.25)
    times = [torch.bincount(sampler.plan(epoch, generator(epoch)), minlength=1000) for epoch in range(400)]
    images = (TARGETS == 2).nonzero().squeeze(1)[:5]
    for image in images:
        occurs = torch.stack([each[image] for each in times])
        assert set(occurs.tolist()) == {1, 2}
        assert binomtest(int((occurs == 2).sum()), 400, 0.25).pvalue > 1e-3
    lengths = {int(each.sum()) for each in times}
    assert len(lengths) > 10
    # sum of r = 800 + 160 * 1.25 + 40 * 2.5 = 1100; variance 160 * 3/16 + 40 / 4 = 40, of the mean 40 / 400
    assert np.mean([int(each.sum()) for each in times]) == pytest.approx(1100, abs=4 * math.sqrt(0.1))


def test_what_the_engine_cuts_off_falls_on_all_classes() -> None:
    sampler = RepeatFactorSampler(targets=TARGETS, num_classes=4, threshold=0.25)
    stated = sampler.class_distribution(0)
    torch.testing.assert_close(stated, torch.tensor([8, 0, 2, 1]).double() / 11, rtol=0, atol=1e-12)
    planner = Planner(sampler, seed=3, num_items=1000)
    drawn = torch.stack([torch.bincount(TARGETS[planner.epoch_plan(epoch)], minlength=4) for epoch in range(200)])
    assert drawn.sum(1).unique().tolist() == [1000]
    # The draws of one epoch are less spread than independent ones: a binomial's error is an upper bound.
    error = (stated * (1 - stated) / 200_000).sqrt()
    assert bool(((drawn.sum(0) / 200_000 - stated).abs() <= 4 * error).all())


def test_a_longer_epoch_goes_on_with_another_plan() -> None:
    sampler = RepeatFactorSampler(targets=TARGETS, threshold=0.25, epoch_size=3000)
    times = torch.bincount(Planner(sampler, seed=0, num_items=1000).epoch_plan(0), minlength=1000)
    assert int(times.min()) >= 2  # twice through all images, for 2 * 1100 < 3000


def test_threshold_0_is_a_permutation() -> None:
    sampler, instance = RepeatFactorSampler(targets=TARGETS, threshold=0.0), InstanceSampler(targets=TARGETS)
    assert sorted(sampler.plan(0, generator()).tolist()) == list(range(1000))
    assert torch.equal(sampler.class_distribution(0), instance.class_distribution(0))


def test_threshold_1_has_the_distribution_of_sqrt() -> None:
    # n_c sqrt(1 / f_c) = sqrt(N n_c)
    ours, roots = RepeatFactorSampler(targets=TARGETS, threshold=1.0), SqrtSampler(targets=TARGETS)
    torch.testing.assert_close(ours.class_distribution(0), roots.class_distribution(0), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_labels_of_any_integer_type(dtype: torch.dtype) -> None:
    plans = [
        RepeatFactorSampler(targets=each, threshold=0.25).plan(0, generator()) for each in (TARGETS, TARGETS.to(dtype))
    ]
    assert torch.equal(*plans)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
def test_what_is_no_threshold(threshold: float) -> None:
    with pytest.raises(errors.OptionError, match=rf"`threshold` to be in \[0, 1\], but got {threshold}"):
        RepeatFactorSampler(targets=TARGETS, threshold=threshold)


def test_build() -> None:
    sampler = build("sampler", "repeat-factor:threshold=0.25,start=0.5", targets=TARGETS, num_classes=4, epochs=2)
    assert sorted(sampler.plan(0, generator()).tolist()) == list(range(1000))
    assert sampler.plan(1, generator()).numel() > 1000
    assert build("sampler", "repeat-factor", targets=TARGETS).factors.max() == 1  # 0.001 is below the share of all
