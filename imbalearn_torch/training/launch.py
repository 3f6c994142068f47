"""What torchrun, or a script that set up torch.distributed itself, says of this process. Imports no torch."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from imbalearn_torch.errors import OptionError

__all__ = ["Launch", "launch_of_process"]

_RANKS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


@dataclass(frozen=True)
class Launch:
    """Which process of how many this is.

    Args:
        rank: From 0.
        world_size: All processes.
        local_rank: Among those of this machine.
        local_size: Those of this machine.
        launch: Of this start of torchrun, the same after a restart of its processes; "": it was not torchrun.
        restarts: How often torchrun has started its processes again.
    """

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0
    local_size: int = 1
    launch: str = ""
    restarts: int = 0


def launch_of_process() -> Launch:
    """The environment's word, or that of torch.distributed where it runs already; one process without either.

    Raises:
        OptionError: What the environment says are no ranks.
    """
    found = _initialised()
    if found is None:
        if not all(os.environ.get(name) for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")):
            return Launch()
        found = _number("RANK", 0), _number("WORLD_SIZE", 1)
    rank, world_size = found
    local_rank, local_size = _number("LOCAL_RANK", rank), _number("LOCAL_WORLD_SIZE", world_size)
    if not 0 <= rank < world_size or not 0 <= local_rank < local_size <= world_size:
        came = ", ".join(f"{name}={os.environ.get(name)}" for name in _RANKS)
        raise OptionError(f"Expected ranks below the numbers of processes in the environment, but got {came}")
    return Launch(rank, world_size, local_rank, local_size, _name(), _number("TORCHELASTIC_RESTART_COUNT", 0))


def _initialised() -> tuple[int, int] | None:
    dist = sys.modules.get("torch.distributed")
    if dist is None or not dist.is_available() or not dist.is_initialized():
        return None
    return dist.get_rank(), dist.get_world_size()


def _number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        raise OptionError(f"Expected {name} in the environment to be a whole number, but got {value!r}")
    return int(value)


def _name() -> str:
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    if name != "none":  # which is what torchrun says without --standalone and --rdzv-id
        return name
    parent, begun = os.getppid(), "0"  # torchrun, and when it was started
    with contextlib.suppress(OSError, IndexError):
        begun = Path(f"/proc/{parent}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    return f"{parent}-{begun}"
