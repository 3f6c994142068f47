"""What every sampler with a `start` and an `epoch_size` must hold."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.deferred import DeferredSampler
from imbalearn_builtins.samplers.effective_number import EffectiveNumberSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.samplers.power import PowerSampler
from imbalearn_builtins.samplers.progressive import ProgressiveSampler
from imbalearn_builtins.samplers.repeat_factor import RepeatFactorSampler
from imbalearn_builtins.samplers.reverse import ReverseSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_builtins.samplers.weighted import WeightedSampler
from imbalearn_torch import errors
from imbalearn_torch.data.plan import Planner

COUNTS = (500, 0, 90, 9, 1)  # an absent class in the middle, and one of a single image
TARGETS = torch.repeat_interleave(torch.arange(5), torch.tensor(COUNTS))
SAMPLERS: dict[str, Callable[..., Any]] = {
    "balanced": BalancedSampler,
    "cycled": lambda **options: BalancedSampler(replacement=False, **options),
    "sqrt": SqrtSampler,
    "weighted": lambda **options: WeightedSampler(weights=(1.0, 5.0, 0.5, 0.0, 2.5), **options),
    "power": PowerSampler,
    "reverse": ReverseSampler,
    "progressive": ProgressiveSampler,
    "effective-number": EffectiveNumberSampler,
    "repeat-factor": lambda **options: RepeatFactorSampler(threshold=0.3, **options),
}
EACH = pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@EACH
def test_before_start_it_is_instance(make: Callable) -> None:
    sampler, plain = make(targets=TARGETS, epochs=10, start=0.75), InstanceSampler(targets=TARGETS)
    assert sampler.first_epoch == round(0.75 * 10) == 8
    assert torch.equal(sampler.plan(7, generator()), plain.plan(7, generator()))
    assert torch.equal(sampler.class_distribution(7), plain.class_distribution(7))
    undeferred = make(targets=TARGETS, epochs=10)
    assert torch.equal(sampler.plan(8, generator()), undeferred.plan(0, generator()))
    assert torch.equal(sampler.class_distribution(8), undeferred.class_distribution(0))
    assert not torch.equal(sampler.plan(8, generator()), plain.plan(8, generator()))


@EACH
@pytest.mark.parametrize("epochs", [320, 321, 1000])
def test_deferral_knows_no_number_of_epochs(make: Callable, epochs: int) -> None:
    # Deferred schedules written as `epoch // 160` into a list of two fail from epoch 320 on.
    sampler, natural = make(targets=TARGETS, epochs=epochs, start=0.8), torch.tensor(COUNTS).double() / 600
    assert sampler.first_epoch == round(0.8 * epochs)
    assert torch.equal(sampler.class_distribution(sampler.first_epoch - 1), natural)
    assert not torch.equal(sampler.class_distribution(epochs - 1), natural)


@EACH
def test_start_outside_of_training_is_refused(make: Callable) -> None:
    for start in (-0.1, 1.5, math.nan):
        with pytest.raises(errors.OptionError, match=r"`start` to be in \[0, 1\], but got"):
            make(targets=TARGETS, epochs=10, start=start)


@EACH
def test_an_epoch_of_nothing_is_refused(make: Callable) -> None:
    with pytest.raises(errors.OptionError, match="`epoch_size` to be >= 1, but got -2"):
        make(targets=TARGETS, epochs=10, epoch_size=-2)


@EACH
@pytest.mark.parametrize("start", [0.0, 1.0])
def test_every_method_takes_the_steps_of_the_baseline(make: Callable, start: float) -> None:
    # A class-aware epoch of n_max x K draws is 2,500 / 600, four times as long: an unfair table.
    batches = Planner(make(targets=TARGETS, epochs=4, start=start), seed=0, num_items=600).batches(2, 64)
    assert batches.shape == (600 // 64, 64)


@EACH
def test_epoch_size_is_the_length_of_an_epoch(make: Callable) -> None:
    for size in (7, 2000):
        planner = Planner(make(targets=TARGETS, epochs=4, epoch_size=size), seed=0, num_items=600)
        assert planner.epoch_plan(0).shape == (size,)


@EACH
def test_absent_classes_have_no_share_and_one_image_is_enough(make: Callable) -> None:
    sampler = make(targets=TARGETS, num_classes=5, epochs=4)
    distribution = sampler.class_distribution(3)
    assert distribution.dtype == torch.float64
    assert distribution[1] == 0
    assert distribution.sum().item() == pytest.approx(1, abs=1e-12)
    alone = make(targets=[0], num_classes=5, epochs=1)
    assert alone.class_distribution(0).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert set(alone.plan(0, generator()).tolist()) == {0}


def test_a_subclass_must_say_what_it_draws() -> None:
    with pytest.raises(TypeError, match="draw"):
        DeferredSampler(targets=[0], num_classes=None, epochs=1, start=0.0, epoch_size=None)  # pyright: ignore[reportAbstractUsage]
