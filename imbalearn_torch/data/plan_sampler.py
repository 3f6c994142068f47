"""The epoch plan for a person's own DataLoader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch.distributed
from torch import Tensor
from torch.utils.data import Sampler

from imbalearn_torch.data.plan import Planner
from imbalearn_torch.errors import CheckpointError, OptionError

__all__ = ["PlanSampler"]

_YIELDED_AT_ONCE = 1 << 16  # a list of 10^8 Python integers would take gigabytes


class PlanSampler(Sampler[int]):
    """This rank's share of the epoch plan of any sampler, as a torch Sampler, also under data parallelism.

    Every rank draws the same plan and takes each `world_size`-th index of it from its own rank on; the last
    `M % world_size` are left out, so that all ranks have the same length. The j-th batches of B indices of all ranks
    are together the j-th part of `world_size * B` indices of the plan.

    Args:
        sampler: Has `plan(epoch, generator) -> int64 [M]`, or is a torch Sampler of indices.
        seed: The seed of the plan, the same on every rank.
        rank: This process; None: from torch.distributed where it is initialised, else 0.
        world_size: All processes; None: from torch.distributed where it is initialised, else 1.
        epoch_size: Indices an epoch over all ranks; None: the sampler's own.

    Raises:
        ComponentError: The object is no sampler.
        OptionError: `rank`, `world_size` or `epoch_size` are out of range.

    >>> from imbalearn_torch.samplers import BalancedSampler
    >>> sampler = PlanSampler(BalancedSampler(targets=[0, 0, 0, 1]), seed=1)
    >>> sampler.set_epoch(3)
    >>> len(list(sampler))
    4
    """

    def __init__(
        self,
        sampler: Any,
        seed: int = 0,
        rank: int | None = None,
        world_size: int | None = None,
        epoch_size: int | None = None,
    ) -> None:
        distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.rank = rank if rank is not None else torch.distributed.get_rank() if distributed else 0
        if world_size is None:
            world_size = torch.distributed.get_world_size() if distributed else 1
        self.world_size = world_size
        if not 0 <= self.rank < self.world_size:
            raise OptionError(f"Expected `rank` to be in 0..{self.world_size - 1}, but got {self.rank}")
        if seed < 0:
            raise OptionError(f"Expected `seed` to be >= 0, but got {seed}")
        if epoch_size is not None and epoch_size < 1:
            raise OptionError(f"Expected `epoch_size` to be >= 1, but got {epoch_size}")
        self._planner = Planner(sampler, seed=seed, epoch_size=epoch_size)
        size = self._planner.epoch_size
        if size < self.world_size:
            raise OptionError(f"Expected an epoch of at least {self.world_size} indices, one a rank, but got {size}")
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0; without it every epoch is the same."""
        if epoch < 0:
            raise OptionError(f"Expected `epoch` to be >= 0, but got {epoch}")
        self.epoch = epoch

    def plan(self) -> Tensor:
        """This rank's indices of the epoch last set, int64 `[len(self)]`."""
        whole = self._planner.epoch_plan(self.epoch)
        return whole[: len(self) * self.world_size][self.rank :: self.world_size]

    def __iter__(self) -> Iterator[int]:
        for part in self.plan().split(_YIELDED_AT_ONCE):
            yield from part.tolist()

    def __len__(self) -> int:
        return self._planner.epoch_size // self.world_size

    def state_dict(self) -> dict[str, int]:
        """What draws the same plan again: the epoch and the seed."""
        return {"epoch": self.epoch, "seed": self._planner.seed}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on where `state_dict` was taken.

        Raises:
            CheckpointError: It is none of a PlanSampler.
        """
        if {"epoch", "seed"} - set(state):
            raise CheckpointError(f"Expected the keys 'epoch' and 'seed', but got {sorted(state)}")
        if not all(isinstance(state[name], int) and state[name] >= 0 for name in ("epoch", "seed")):
            came = f"{state['epoch']!r} and {state['seed']!r}"
            raise CheckpointError(f"Expected whole numbers >= 0 for 'epoch' and 'seed', but got {came}")
        self.set_epoch(state["epoch"])
        self._planner.seed = state["seed"]
