from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, SequentialSampler, TensorDataset

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_torch import PlanSampler, errors
from imbalearn_torch.data.plan import Planner

TARGETS = torch.tensor([0] * 12 + [1] * 5 + [2] * 3)
BALANCED = BalancedSampler(targets=TARGETS)


def test_it_is_the_plan_of_the_epoch() -> None:
    sampler = PlanSampler(BALANCED, seed=4)
    sampler.set_epoch(3)
    assert list(sampler) == Planner(BALANCED, seed=4, num_items=20).epoch_plan(3).tolist()
    assert len(sampler) == 20
    assert sampler.plan().tolist() == list(sampler)


def test_without_set_epoch_every_epoch_is_the_same() -> None:
    sampler = PlanSampler(BALANCED)
    assert list(sampler) == list(sampler)
    first = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler) != first


@given(st.integers(1, 9), st.integers(9, 60), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_ranks_share_the_plan(world_size: int, size: int, epoch: int) -> None:
    ranks = [PlanSampler(BALANCED, rank=rank, world_size=world_size, epoch_size=size) for rank in range(world_size)]
    for sampler in ranks:
        sampler.set_epoch(epoch)
    shares = [list(sampler) for sampler in ranks]
    assert {len(share) for share in shares} == {len(ranks[0])} == {size // world_size}
    whole = Planner(BALANCED, seed=0, num_items=20, epoch_size=size).epoch_plan(epoch).tolist()
    together = [index for step in zip(*shares, strict=True) for index in step]
    assert together == whole[: size // world_size * world_size]


def test_the_batches_of_all_ranks_are_the_global_batch() -> None:
    data = TensorDataset(torch.arange(20))
    plan = Planner(BALANCED, seed=0, num_items=20).epoch_plan(0)
    loaders = [
        DataLoader(data, batch_size=5, sampler=PlanSampler(BALANCED, rank=rank, world_size=2)) for rank in (0, 1)
    ]
    for step, parts in enumerate(zip(*loaders, strict=True)):
        seen = torch.cat([part[0] for part in parts])
        assert sorted(seen.tolist()) == sorted(plan[step * 10 : step * 10 + 10].tolist())


def test_a_long_epoch_is_yielded_in_parts() -> None:
    sampler = PlanSampler(BALANCED, epoch_size=2**16 + 5)
    drawn = list(sampler)
    assert drawn == sampler.plan().tolist()
    assert all(type(index) is int for index in drawn)


def test_the_length_follows_the_sampler() -> None:
    class Plans:
        def plan(self, epoch: int, generator: torch.Generator) -> torch.Tensor:
            return torch.arange(7 + epoch)

    assert len(PlanSampler(InstanceSampler(targets=TARGETS, epoch_size=33))) == 33
    assert len(PlanSampler(SequentialSampler(range(11)), rank=1, world_size=2)) == 5
    ours = PlanSampler(Plans())
    ours.set_epoch(2)
    assert list(ours) == list(range(7))  # every epoch has the length of the first


def test_state_goes_on_where_it_was_taken() -> None:
    sampler, other = PlanSampler(BALANCED, seed=6), PlanSampler(BALANCED)
    sampler.set_epoch(8)
    other.load_state_dict(sampler.state_dict())
    assert list(other) == list(sampler)
    assert other.state_dict() == {"epoch": 8, "seed": 6}


def test_a_state_of_something_else() -> None:
    with pytest.raises(errors.CheckpointError, match=r"keys 'epoch' and 'seed', but got \['step'\]"):
        PlanSampler(BALANCED).load_state_dict({"step": 1})
    for wrong in ({"epoch": "1", "seed": 0}, {"epoch": 0, "seed": -1}):
        with pytest.raises(errors.CheckpointError, match="Expected whole numbers >= 0 for 'epoch' and 'seed', but got"):
            PlanSampler(BALANCED).load_state_dict(wrong)


def test_ranks_come_from_torch_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (PlanSampler(BALANCED).rank, PlanSampler(BALANCED).world_size) == (0, 1)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 2)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 4)
    assert list(PlanSampler(BALANCED)) == list(PlanSampler(BALANCED, rank=2, world_size=4))
    assert PlanSampler(BALANCED, rank=0, world_size=1).world_size == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 2, "world_size": 2}, "`rank` to be in 0..1, but got 2"),
        ({"rank": -1}, "`rank` to be in 0..0, but got -1"),
        ({"seed": -1}, "`seed` to be >= 0, but got -1"),
        ({"epoch_size": 0}, "`epoch_size` to be >= 1, but got 0"),
        ({"rank": 0, "world_size": 30}, "epoch of at least 30 indices, one a rank, but got 20"),
    ],
)
def test_what_is_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        PlanSampler(BALANCED, **options)


def test_an_epoch_before_the_first() -> None:
    with pytest.raises(errors.OptionError, match="`epoch` to be >= 0, but got -1"):
        PlanSampler(BALANCED).set_epoch(-1)
