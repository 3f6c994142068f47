"""Several processes of one run, forked from this one and told what torchrun would say: torch is imported once."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import socket
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_FORK = multiprocessing.get_context("fork")


class Ranks:
    """Processes that each call `work`, connected through a port of this machine.

    Args:
        world_size: How many.
        work: Called in each of them, with its rank.
        launch: What stands for this start of torchrun; "": it is not torchrun.
        restarts: What torchrun would say of restarts.
        environment: What else it would say.
    """

    def __init__(
        self,
        world_size: int,
        work: Callable[[int], Any],
        launch: str = "",
        restarts: int = 0,
        environment: dict[str, Any] | None = None,
    ) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        common = {"WORLD_SIZE": world_size, "LOCAL_WORLD_SIZE": world_size, "MASTER_ADDR": "127.0.0.1"}
        common |= {"MASTER_PORT": port, "TORCHELASTIC_RUN_ID": launch, "TORCHELASTIC_RESTART_COUNT": restarts}
        common |= environment or {}
        self._folder = Path(tempfile.mkdtemp(prefix="ranks-"))
        self.processes: list[BaseProcess] = []
        for rank in range(world_size):
            told = {name: str(value) for name, value in {**common, "RANK": rank, "LOCAL_RANK": rank}.items()}
            process = _FORK.Process(target=self._do, args=(rank, told, work))
            process.start()
            self.processes.append(process)

    def _do(self, rank: int, environment: dict[str, str], work: Callable[[int], Any]) -> None:
        os.environ.update(environment)
        with (self._folder / f"{rank}.txt").open("wb") as said:
            for stream in (1, 2):
                os.dup2(said.fileno(), stream)
        sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
        (self._folder / str(rank)).write_bytes(pickle.dumps(work(rank)))

    def exit_codes(self, seconds: float = 120) -> list[int | None]:
        """How each has ended; one that hangs is killed, and -9."""
        for process in self.processes:
            process.join(seconds)
            if process.is_alive():
                process.kill()
                process.join()
        return [process.exitcode for process in self.processes]

    def said(self, rank: int) -> str:
        """What it has written to stdout and stderr."""
        return (self._folder / f"{rank}.txt").read_text(encoding="utf-8")

    def results(self) -> list[Any]:
        """What `work` has returned in each."""
        codes = self.exit_codes()
        assert codes == [0] * len(codes), "\n".join(self.said(rank) for rank in range(len(codes)))
        return [pickle.loads((self._folder / str(rank)).read_bytes()) for rank in range(len(codes))]


def on_ranks(world_size: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` returns in each of several connected processes."""
    return Ranks(world_size, work).results()
