from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.utils.data import BatchSampler, RandomSampler, Sampler, SequentialSampler, WeightedRandomSampler

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_torch import errors
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.streams import generator

TARGETS = torch.tensor([0] * 6 + [1] * 3 + [2])


class Gives:
    """A sampler whose plan is what it was given."""

    def __init__(self, plan: Any, **attributes: Any) -> None:
        self.given = plan
        self.__dict__.update(attributes)

    def plan(self, epoch: int, generator: torch.Generator) -> Any:
        return self.given


class Draws:
    """A sampler that draws `size` indices below ten and knows nothing of epochs or distributions."""

    def __init__(self, size: int, **attributes: Any) -> None:
        self.size = size
        self.__dict__.update(attributes)

    def plan(self, epoch: int, generator: torch.Generator) -> torch.Tensor:
        return torch.randint(10, (self.size,), generator=generator)


class Endless(Sampler[int]):
    def __iter__(self) -> Iterator[int]:
        while True:
            yield int(torch.randint(10, ()))


def planner(sampler: Any, **options: Any) -> Planner:
    return Planner(sampler, **{"seed": 3, "num_items": 10, **options})


def test_the_plan_is_drawn_from_the_stream_of_its_epoch() -> None:
    sampler = BalancedSampler(targets=TARGETS)
    ours = planner(sampler)
    assert torch.equal(ours.epoch_plan(5), sampler.plan(5, generator(3, "plan", 5)))
    ours.epoch_plan(6)
    assert torch.equal(ours.epoch_plan(5), planner(sampler).epoch_plan(5))
    assert not torch.equal(ours.epoch_plan(5), ours.epoch_plan(6))
    assert not torch.equal(ours.epoch_plan(5), planner(sampler, seed=4).epoch_plan(5))


def test_the_partner_column_has_a_stream_of_its_own() -> None:
    sampler = BalancedSampler(targets=TARGETS)
    assert torch.equal(planner(sampler, stream="partner").epoch_plan(2), sampler.plan(2, generator(3, "partner", 2)))


def test_a_short_plan_is_continued_with_the_advanced_generator() -> None:
    source = generator(3, "plan", 0)
    expected = torch.cat([torch.randint(10, (4,), generator=source) for _ in range(3)])[:10]
    assert torch.equal(planner(Draws(4)).epoch_plan(0), expected)


def test_a_long_plan_is_cut() -> None:
    assert torch.equal(
        planner(Draws(25)).epoch_plan(0), torch.randint(10, (25,), generator=generator(3, "plan", 0))[:10]
    )


def test_the_length_of_an_epoch() -> None:
    assert planner(Draws(4)).epoch_size == 10
    assert planner(Draws(4, epoch_size=None)).epoch_size == 10
    assert planner(Draws(4, epoch_size=6)).epoch_plan(0).numel() == 6
    assert planner(Draws(4, epoch_size=6), epoch_size=7).epoch_plan(0).numel() == 7
    assert planner(Draws(4), num_items=None).epoch_size == 4
    assert planner(SequentialSampler(range(8)), num_items=None).epoch_size == 8


@pytest.mark.parametrize("size", [0, -1, 2.5, "many"])
def test_a_length_that_is_none(size: Any) -> None:
    with pytest.raises(errors.ComponentError, match="`epoch_size` of the sampler Draws to be an int >= 1, but got"):
        planner(Draws(4, epoch_size=size))


def test_batches_are_full() -> None:
    ours = planner(InstanceSampler(targets=TARGETS))
    batches = ours.batches(1, 3)
    assert batches.shape == (3, 3)
    assert torch.equal(batches.flatten(), ours.epoch_plan(1)[:9])
    assert ours.batches(1, 10).shape == (1, 10)
    with pytest.raises(errors.OptionError, match="batch size of at most 10, the length of an epoch, but got 11"):
        ours.batches(1, 11)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([0, 1], r"plan an int64 tensor \[M\], but got list"),
        (torch.tensor([0.0]), r"but got torch.float32 \[1\]"),
        (torch.tensor([1], dtype=torch.int32), r"but got torch.int32 \[1\]"),
        (torch.zeros(2, 2, dtype=torch.int64), r"but got torch.int64 \[2, 2\]"),
        (torch.zeros(2, dtype=torch.int64, device="meta"), r"on the CPU, but got .* on meta"),
        (torch.tensor([], dtype=torch.int64), "at least one index, but got none"),
        (torch.tensor([0, 10]), r"indices in 0..9, but got 10"),
        (torch.tensor([0, -1]), r"indices in 0..9, but got -1"),
    ],
)
def test_what_is_no_plan(plan: Any, message: str) -> None:
    with pytest.raises(errors.ComponentError, match=f"Expected the sampler Gives to .*{message}"):
        planner(Gives(plan)).epoch_plan(0)


def test_what_is_no_sampler() -> None:
    with pytest.raises(errors.ComponentError, match=r"`plan\(epoch, generator\)` or a torch Sampler, but got int"):
        planner(7)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RandomSampler(range(10)),
        lambda: RandomSampler(range(10), generator=torch.Generator().manual_seed(9)),
        lambda: WeightedRandomSampler([1.0] * 10, 10),
        Endless,
    ],
    ids=["default generator", "own generator", "weighted", "endless"],
)
def test_a_torch_sampler_is_a_function_of_seed_and_epoch(make: Any) -> None:
    ours = planner(make())
    first = ours.epoch_plan(2)
    assert first.shape == (10,)
    torch.rand(5)
    assert not torch.equal(ours.epoch_plan(3), first)
    assert torch.equal(ours.epoch_plan(2), first)
    assert torch.equal(planner(make()).epoch_plan(2), first)


def test_a_torch_sampler_leaves_the_generators_as_they_were() -> None:
    own = torch.Generator().manual_seed(9)
    before = torch.get_rng_state(), own.get_state()
    planner(RandomSampler(range(10), generator=own)).epoch_plan(0)
    planner(Endless()).epoch_plan(0)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.equal(own.get_state(), before[1])


def test_a_short_torch_sampler_is_listed_again() -> None:
    first, second = planner(RandomSampler(range(5))).epoch_plan(0).split(5)
    assert sorted(first.tolist()) == sorted(second.tolist()) == [0, 1, 2, 3, 4]
    assert first.tolist() != second.tolist()


def test_a_torch_sampler_of_batches_is_refused() -> None:
    with pytest.raises(errors.ComponentError, match="the sampler BatchSampler to yield one index at a time"):
        planner(BatchSampler(SequentialSampler(range(10)), 2, drop_last=False)).epoch_plan(0)


def test_an_empty_torch_sampler_is_refused() -> None:
    with pytest.raises(errors.ComponentError, match="at least one index, but got none"):
        planner(SequentialSampler([])).epoch_plan(0)


def test_a_torch_sampler_without_length_needs_one() -> None:
    with pytest.raises(errors.ComponentError, match="the sampler Endless to have a length, or an `epoch_size`"):
        planner(Endless(), num_items=None)


def test_set_epoch_is_called_before_every_draw() -> None:
    class Counts(SequentialSampler):
        epoch = 0

        def set_epoch(self, epoch: int) -> None:
            self.epoch = epoch

        def __iter__(self) -> Iterator[int]:
            return iter([self.epoch] * 10)

    ours = planner(Counts(range(10)))
    assert ours.epoch_plan(4).unique().tolist() == [4]
    assert ours.class_distribution(7, TARGETS, 3).tolist() == [0.0, 1.0, 0.0]


def test_the_distribution_is_what_the_sampler_states() -> None:
    sampler = BalancedSampler(targets=TARGETS, epochs=4, start=0.5)
    ours = planner(sampler)
    for epoch in (1, 2):
        stated = sampler.class_distribution(epoch)
        torch.testing.assert_close(ours.class_distribution(epoch, TARGETS, 3), stated, rtol=0, atol=1e-12)


def test_a_stated_distribution_of_float32_sums_to_1() -> None:
    sampler = Gives(None, class_distribution=lambda epoch: torch.full((7,), 1 / 7))
    drawn = planner(sampler).class_distribution(0, TARGETS, 7)
    assert drawn.dtype == torch.float64
    assert drawn.sum().item() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        (torch.tensor([0.5, 0.5]), "tensor"),
        (torch.tensor([0.5, 0.7, -0.2]), "tensor"),
        (torch.tensor([float("nan"), 0.5, 0.5]), "tensor"),
        (torch.tensor([6.0, 3.0, 1.0]), "sum 10"),
        ("uniform", "uniform"),
    ],
)
def test_what_is_no_distribution(stated: Any, shown: str) -> None:
    message = f"`class_distribution` of the sampler Gives to be 3 numbers >= 0 with the sum 1, but got {shown}"
    with pytest.raises(errors.ComponentError, match=message):
        planner(Gives(None, class_distribution=lambda epoch: stated)).class_distribution(0, TARGETS, 3)


def test_without_a_word_of_the_sampler_eight_plans_are_averaged() -> None:
    drawn = torch.zeros(3, dtype=torch.float64)
    for repeat in range(1, 9):
        plan = torch.randint(10, (25,), generator=generator(3, "plan", 6, repeat))[:10]  # cut to N
        drawn += torch.bincount(TARGETS[plan], minlength=3)
    ours = planner(Draws(25)).class_distribution(6, TARGETS, 3)
    torch.testing.assert_close(ours, drawn / 80, rtol=0, atol=1e-12)
