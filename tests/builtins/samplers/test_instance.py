from typing import Any

import pytest
import torch

from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_torch import build, errors, registry

TARGETS = torch.tensor([0] * 6 + [1] * 3 + [3])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_epoch_is_a_permutation() -> None:
    plan = InstanceSampler(targets=TARGETS).plan(0, generator())
    assert plan.dtype == torch.int64
    assert plan.tolist() != list(range(10))
    assert sorted(plan.tolist()) == list(range(10))


def test_a_longer_epoch_goes_on_with_another_permutation() -> None:
    sampler = InstanceSampler(targets=TARGETS, epoch_size=25)
    plan = sampler.plan(0, generator())
    first, second, rest = plan.split(10)
    assert sampler.epoch_size == len(plan) == 25
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(10))
    assert first.tolist() != second.tolist()
    assert len(set(rest.tolist())) == 5


def test_a_shorter_epoch_is_cut() -> None:
    whole = InstanceSampler(targets=TARGETS).plan(0, generator())
    assert torch.equal(InstanceSampler(targets=TARGETS, epoch_size=4).plan(0, generator()), whole[:4])


def test_the_generator_alone_decides() -> None:
    sampler = InstanceSampler(targets=TARGETS)
    first = sampler.plan(0, generator(1))
    sampler.plan(7, generator(2))
    assert torch.equal(sampler.plan(0, generator(1)), first)
    assert not torch.equal(sampler.plan(0, generator(2)), first)


def test_the_distribution_is_that_of_the_counts() -> None:
    distribution = InstanceSampler(targets=TARGETS, num_classes=5).class_distribution(0)
    assert distribution.dtype == torch.float64
    assert distribution.tolist() == [0.6, 0.3, 0.0, 0.1, 0.0]


@pytest.mark.parametrize("targets", [[0, 1, 1], torch.tensor([0, 1, 1], dtype=torch.int8), torch.tensor([0, 1, 1]) > 0])
def test_labels_of_any_integer_type(targets: object) -> None:
    sampler = InstanceSampler(targets=targets)  # pyright: ignore[reportArgumentType]
    assert sampler.class_counts.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([], "at least one label, but got none"),
        ([0, 3], r"lie in 0..2, but got the label 3"),
        ([0, -1], r"lie in 0..2, but got the label -1"),
        ([0.5, 1.0], r"integers \[N\], but got torch.float32 \[2\]"),
        ([[0], [1]], r"integers \[N\], but got torch.int64 \[2, 1\]"),
        (["cat"], r"integers \[N\], but got list"),
    ],
)
def test_what_are_no_labels(targets: list, message: str) -> None:
    with pytest.raises(errors.DataError, match=message):
        InstanceSampler(targets=targets, num_classes=3)


def test_an_epoch_of_nothing_is_refused() -> None:
    with pytest.raises(errors.OptionError, match="`epoch_size` to be >= 1, but got 0"):
        InstanceSampler(targets=TARGETS, epoch_size=0)


def test_build() -> None:
    sampler = build("sampler", "instance:epoch_size=7", targets=TARGETS, num_classes=4, epochs=3)
    assert len(sampler.plan(0, generator())) == 7


@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_deferred_it_is_itself(epoch: int) -> None:
    deferred = build("sampler", "instance:start=0.5", targets=TARGETS, num_classes=4, epochs=3)
    plain = build("sampler", "instance", targets=TARGETS, num_classes=4, epochs=3)
    assert torch.equal(deferred.plan(epoch, generator()), plain.plan(epoch, generator()))
    with pytest.raises(errors.OptionError, match=r"`start` to be in \[0, 1\], but got 1.5"):
        InstanceSampler(targets=TARGETS, start=1.5)


@pytest.mark.parametrize("entry", registry(plugins=False).entries("sampler"), ids=lambda entry: entry.name)
def test_every_sampler_takes_what_all_take(entry: Any) -> None:
    defaults = {option.name: option.default for option in entry.signature().options}
    assert (defaults["start"], defaults["epoch_size"]) == (0.0, None)
