"""The epoch plan. What holds for every sampler, seed, epoch, length and number of ranks.

1. A plan is int64, of the length asked for, and every index lies in 0..N-1.
2. It is a pure function of seed, epoch and sampler: the order in which epochs are asked for, what was drawn between
   and torch's default generators do not matter, and drawing leaves those generators as they were.
3. A shorter epoch is the beginning of a longer one: a plan is cut, never drawn anew.
4. Batches are full, stand in the order of the plan and leave out less than one batch.
5. The slices of all ranks partition each global batch, in order.
6. `class_distribution` is a distribution, >= 0 with the sum 1, and 0 for classes without an image.
7. A class is drawn as often as the distribution says: within five standard deviations of a binomial draw.
8. An index is drawn only from a class that the distribution gives something.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import RandomSampler, SequentialSampler

from imbalearn_torch import PlanSampler, build
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.plugin.registry import registry

SAMPLERS = sorted(
    entry.name
    for entry in registry(plugins=False).entries("sampler")
    if entry.distribution == "imbalearn-torch" and not any(option.required for option in entry.signature().options)
)
EPOCHS = 6
counts_of_classes = st.lists(st.integers(0, 12), min_size=1, max_size=6).filter(any)
seeds, epochs = st.integers(0, 2**63 - 1), st.integers(0, EPOCHS - 1)


def planner(name: str, counts: list[int], seed: int, length: int | None = None) -> Planner:
    targets = labels(counts)
    sampler: Any = build("sampler", name, targets=targets, num_classes=len(counts), epochs=EPOCHS)
    return Planner(sampler, seed=seed, num_items=targets.numel(), epoch_size=length)


def labels(counts: list[int]) -> torch.Tensor:
    """Labels in an order that is not that of the classes."""
    targets = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    return targets[torch.randperm(targets.numel(), generator=torch.Generator().manual_seed(7))]


def test_every_built_in_sampler_is_here() -> None:
    assert {"instance", "balanced"} <= set(SAMPLERS)


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=8, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, epoch=epochs, length=st.integers(1, 60))
def test_1_indices(*, name: str, counts: list[int], seed: int, epoch: int, length: int) -> None:
    plan = planner(name, counts, seed, length).epoch_plan(epoch)
    assert (plan.dtype, plan.shape) == (torch.int64, (length,))
    assert 0 <= int(plan.min()) <= int(plan.max()) < sum(counts)


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, order=st.permutations(range(EPOCHS)))
def test_2_a_pure_function(*, name: str, counts: list[int], seed: int, order: list[int]) -> None:
    ours, state = planner(name, counts, seed), torch.get_rng_state()
    plans = {epoch: ours.epoch_plan(epoch) for epoch in order}
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    again = planner(name, counts, seed)
    assert all(torch.equal(again.epoch_plan(epoch), plans[epoch]) for epoch in range(EPOCHS))


@settings(max_examples=20, derandomize=True, deadline=None)
@given(size=st.integers(1, 20), seed=seeds, epoch=epochs, shuffled=st.booleans())
def test_2_a_pure_function_of_a_torch_sampler(*, size: int, seed: int, epoch: int, shuffled: bool) -> None:
    sampler = RandomSampler(range(size)) if shuffled else SequentialSampler(range(size))
    ours, state = Planner(sampler, seed=seed, num_items=size), torch.get_rng_state()
    plan = ours.epoch_plan(epoch)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    assert torch.equal(ours.epoch_plan(epoch), plan)
    assert sorted(plan.tolist()) == list(range(size))


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, epoch=epochs, data=st.data())
def test_3_a_cut_is_the_beginning(*, name: str, counts: list[int], seed: int, epoch: int, data: st.DataObject) -> None:
    whole = planner(name, counts, seed).epoch_plan(epoch)
    length = data.draw(st.integers(1, whole.numel()))
    assert torch.equal(planner(name, counts, seed, length).epoch_plan(epoch), whole[:length])


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, epoch=epochs, data=st.data())
def test_4_full_batches(*, name: str, counts: list[int], seed: int, epoch: int, data: st.DataObject) -> None:
    ours = planner(name, counts, seed)
    size = data.draw(st.integers(1, ours.epoch_size))
    batches = ours.batches(epoch, size)
    assert batches.shape == (ours.epoch_size // size, size)
    assert torch.equal(batches.flatten(), ours.epoch_plan(epoch)[: batches.numel()])
    assert ours.epoch_size - batches.numel() < size


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, epoch=epochs, world=st.integers(1, 4), each=st.integers(1, 4))
def test_5_ranks_partition_every_batch(
    *, name: str, counts: list[int], seed: int, epoch: int, world: int, each: int
) -> None:
    targets, length = labels(counts), 30
    sampler = build("sampler", name, targets=targets, num_classes=len(counts), epochs=EPOCHS)
    whole = Planner(sampler, seed=seed, num_items=targets.numel(), epoch_size=length).epoch_plan(epoch)
    ranks = [PlanSampler(sampler, seed=seed, rank=rank, world_size=world, epoch_size=length) for rank in range(world)]
    for rank in ranks:
        rank.set_epoch(epoch)
    slices = [list(rank) for rank in ranks]
    assert {len(part) for part in slices} == {length // world}
    for start in range(0, length // world - each + 1, each):
        batch = whole[start * world : (start + each) * world].tolist()
        together = [slices[rank][start + place] for place in range(each) for rank in range(world)]
        assert together == batch


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=8, derandomize=True, deadline=None)
@given(counts=counts_of_classes, seed=seeds, epoch=epochs)
def test_6_and_8_the_distribution(*, name: str, counts: list[int], seed: int, epoch: int) -> None:
    ours, targets = planner(name, counts, seed), labels(counts)
    stated = ours.class_distribution(epoch, targets, len(counts))
    assert (stated.dtype, stated.shape) == (torch.float64, (len(counts),))
    assert float(stated.min()) >= 0
    assert float(stated.sum()) == pytest.approx(1, abs=1e-9)
    assert all(share == 0 for share, count in zip(stated.tolist(), counts, strict=True) if not count)
    if hasattr(ours.sampler, "class_distribution"):  # without it, eight other plans are all that is known
        assert float(stated[targets[ours.epoch_plan(epoch)]].min()) > 0


@pytest.mark.parametrize("name", SAMPLERS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(counts=st.lists(st.integers(1, 12), min_size=2, max_size=5), seed=seeds, epoch=epochs)
def test_7_drawn_as_often_as_stated(*, name: str, counts: list[int], seed: int, epoch: int) -> None:
    targets, length = labels(counts), 2_000
    ours = planner(name, counts, seed, length)
    stated = ours.class_distribution(epoch, targets, len(counts))
    drawn = torch.bincount(targets[ours.epoch_plan(epoch)], minlength=len(counts)).double()
    allowed = 5 * (length * stated * (1 - stated)).sqrt() + 5
    if not hasattr(ours.sampler, "class_distribution"):
        allowed *= 1.5  # the mean of eight plans is itself a draw: variance 1 + 1/8
    assert ((drawn - length * stated).abs() <= allowed).all()
