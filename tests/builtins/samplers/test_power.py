import math

import pytest
import torch

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.samplers.power import PowerSampler
from imbalearn_builtins.samplers.reverse import ReverseSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_torch import build, errors

COUNTS = torch.tensor([90, 0, 30, 7, 1])
TARGETS = torch.repeat_interleave(torch.arange(5), COUNTS)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("q", [0.7, 2.0, -1.5])
def test_the_formula(q: float) -> None:
    powers = [count**q if count else 0.0 for count in COUNTS.tolist()]
    expected = torch.tensor([power / sum(powers) for power in powers], dtype=torch.float64)
    torch.testing.assert_close(PowerSampler(targets=TARGETS, q=q).class_distribution(0), expected, rtol=0, atol=1e-12)


def test_exponent_1_has_the_instance_distribution() -> None:
    ours, theirs = PowerSampler(targets=TARGETS, q=1.0), InstanceSampler(targets=TARGETS)
    torch.testing.assert_close(ours.class_distribution(0), theirs.class_distribution(0), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("q", "same"), [(0.0, BalancedSampler), (0.5, SqrtSampler), (-1.0, ReverseSampler)])
def test_the_named_exponents_draw_the_plans_of_their_samplers(q: float, same: type) -> None:
    ours, theirs = PowerSampler(targets=TARGETS, q=q), same(targets=TARGETS)
    torch.testing.assert_close(ours.class_distribution(0), theirs.class_distribution(0), rtol=0, atol=1e-12)
    assert torch.equal(ours.plan(0, generator()), theirs.plan(0, generator()))


@pytest.mark.parametrize(("q", "only"), [(500.0, 0), (-500.0, 4)])
def test_no_power_overflows(q: float, only: int) -> None:
    # 90^500 and 1 / 90^-500 are beyond float64
    distribution = PowerSampler(targets=TARGETS, q=q).class_distribution(0)
    assert distribution[only].item() == pytest.approx(1, abs=1e-12)
    assert distribution.isfinite().all()


@pytest.mark.parametrize("q", [math.inf, math.nan])
def test_what_is_no_exponent(q: float) -> None:
    with pytest.raises(errors.OptionError, match=f"`q` to be finite, but got {q}"):
        PowerSampler(targets=TARGETS, q=q)


def test_build() -> None:
    sampler = build("sampler", "power:q=0.25,epoch_size=9,start=0.5", targets=TARGETS, num_classes=5, epochs=4)
    assert (sampler.q, sampler.epoch_size, sampler.first_epoch) == (0.25, 9, 2)
