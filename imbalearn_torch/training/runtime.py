"""The processes of one run: which of them this is, and how they agree. Where there is one, no torch is imported."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from imbalearn_torch.errors import ImbalearnError, OptionError, PeerError
from imbalearn_torch.training.launch import Launch, launch_of_process

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

__all__ = ["ALONE", "Runtime"]

T = TypeVar("T")

_PATIENCE = timedelta(hours=1)  # what nobody waits longer for: the others may be downloading, or writing the results
_LOST = ("gloo", "nccl", "connection closed", "connection reset", "connection refused", "timed out", "tcpstore")


class Runtime(Launch):
    """One of the processes of a run, as torchrun starts them; by default the only one. Arguments: those of `Launch`."""

    @classmethod
    def of_process(cls) -> Runtime:
        """As torchrun, or a script that has set up torch.distributed itself, has started this process.

        Raises:
            OptionError: What the environment says are no ranks.
        """
        return cls(**vars(launch_of_process()))

    @property
    def is_alone(self) -> bool:
        return self.world_size == 1

    @property
    def is_main(self) -> bool:
        """Whether this process writes the run folder and talks to the user."""
        return self.rank == 0

    @property
    def keys(self) -> tuple[int, ...]:
        """What distinguishes this process's random streams; nothing where it is alone."""
        return () if self.is_alone else (self.rank,)

    @property
    def command(self) -> tuple[str, ...]:
        """The words by which a person starts as many processes."""
        if self.is_alone:
            return ("imbalearn",)
        machines = self.world_size // self.local_size
        several = ("--nnodes", str(machines)) if machines > 1 else ()
        return ("torchrun", *several, "--nproc-per-node", str(self.local_size), "-m", "imbalearn_torch")

    def part(self, size: int) -> slice:
        """This process's contiguous share of `size` items; shares differ by one at most."""
        return slice(self.rank * size // self.world_size, (self.rank + 1) * size // self.world_size)

    def device(self, found: torch.device) -> torch.device:
        """The device of this process: of several accelerators that of its local rank.

        Raises:
            OptionError: One is named for all processes, or there are fewer than processes.
        """
        if self.is_alone or found.type == "cpu":
            return found
        import torch

        if found.index is not None:
            raise OptionError(
                f"option 'device' expects a kind of device for {self.world_size} processes, which take one each, "
                f"got {str(found)!r}; use --device {found.type}"
            )
        count = torch.accelerator.device_count()
        if self.local_size > count:
            raise OptionError(
                f"{self.local_size} processes on this machine need a {found.type} each, but it has {count}"
            )
        torch.accelerator.set_device_index(self.local_rank)
        return torch.device(found.type, self.local_rank)

    @contextlib.contextmanager
    def running(self, first: Callable[[], T]) -> Iterator[T]:
        """Connect all processes while the block runs.

        Args:
            first: Done by rank 0 alone, before torch is imported; what it returns or raises, all are told.

        Raises:
            PeerError: Another process is gone.
        """
        if self.is_alone:
            yield first()
            return
        outcome = _attempted(first) if self.is_main else None
        try:
            with self._connected():
                yield self._told(outcome)
                self.barrier()  # nobody takes the connection down while another still listens
        except RuntimeError as error:
            if isinstance(error, ImbalearnError) or not any(sign in str(error).lower() for sign in _LOST):
                raise
            raise self._hushed(
                PeerError("another process of this run is gone; what it or torchrun says tells why")
            ) from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        import torch.distributed as dist
        from torch.distributed.rendezvous import rendezvous

        if dist.is_initialized():  # somebody else's, who also ends it
            yield
            return
        store, rank, world_size = next(rendezvous("env://", timeout=_PATIENCE))
        # torchrun keeps its store when it starts the processes again: the addresses of the dead ones are still in it.
        prefix = f"imbalearn-{self.restarts}-{world_size}"
        store = dist.PrefixStore(prefix, store)  # pyright: ignore[reportPrivateImportUsage]
        # gloo for what lies on the CPU, NCCL for CUDA
        dist.init_process_group(store=store, rank=rank, world_size=world_size, timeout=_PATIENCE)
        try:
            yield
        finally:
            dist.destroy_process_group()

    def on_main(self, make: Callable[[], T]) -> T:
        """What rank 0 makes or raises, on every rank."""
        if self.is_alone:
            return make()
        return self._told(_attempted(make) if self.is_main else None)

    def _told(self, outcome: tuple[Any, Exception | None] | None) -> Any:
        """Rank 0's outcome on every rank; its error is shown once, by rank 0."""
        value, error = outcome or (None, None)
        sent, problem = self.broadcast_object((value, error and _portable(error)))
        if error is not None:
            raise error
        if problem is not None:
            problem.is_said = True
            raise problem
        return value if self.is_main else sent

    @contextlib.contextmanager
    def all_or_none(self) -> Iterator[None]:
        """Nobody goes on behind the block if anybody has failed in it.

        Raises:
            PeerError: Another process has failed, and this one has not.
        """
        if self.is_alone:
            yield
            return
        import torch.distributed as dist

        failure: Exception | None = None
        try:
            yield
        except Exception as error:
            failure = error
        failures: list[Any] = [None] * self.world_size
        dist.all_gather_object(failures, failure and _portable(failure))
        if failure is not None:
            earlier = [str(each) for each in failures[: self.rank] if each is not None]
            if isinstance(failure, ImbalearnError) and str(failure) in earlier:
                failure.is_said = True
            raise failure
        for rank, each in enumerate(failures):
            if each is not None:
                raise self._hushed(PeerError(f"process {rank} of this run cannot go on: {each}"))

    @contextlib.contextmanager
    def one_by_one(self) -> Iterator[None]:
        """Of each machine one process runs the block before the others: downloads are made once."""
        try:
            if self.local_rank:
                self.barrier()
            yield
        finally:
            if not self.local_rank:
                self.barrier()

    def _hushed(self, error: PeerError) -> PeerError:
        error.is_said = not self.is_main
        return error

    def barrier(self) -> None:
        """Wait for all processes."""
        self.agree(0)

    def agree(self, flag: int) -> int:
        """The largest flag of all processes."""
        if self.is_alone:
            return flag
        import torch
        import torch.distributed as dist

        flags = torch.tensor([flag])
        dist.all_reduce(flags, dist.ReduceOp.MAX)
        return int(flags)

    def all_reduce(self, tensor: Tensor) -> Tensor:
        """The sum over all processes, in place."""
        if not self.is_alone:
            import torch.distributed as dist

            dist.all_reduce(tensor)
        return tensor

    def broadcast_object(self, value: T) -> T:
        """What rank 0 has, on every rank."""
        if self.is_alone:
            return value
        import torch.distributed as dist

        values = [value]
        dist.broadcast_object_list(values, src=0)
        return values[0]

    def broadcast_buffers(self, module: nn.Module) -> None:
        """Give every process the buffers of rank 0, such as batch norm's running statistics."""
        if self.is_alone:
            return
        import torch.distributed as dist

        for buffer in module.buffers():
            dist.broadcast(buffer, src=0)

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module under DistributedDataParallel, which averages the gradients of its parameters."""
        if self.is_alone:
            return module
        from torch.nn.parallel import DistributedDataParallel

        # Anybody's backbone may leave parameters out, in some steps or in all.
        return DistributedDataParallel(module, find_unused_parameters=True)


ALONE = Runtime()


def _attempted(make: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return make(), None
    except Exception as error:
        return None, error


def _portable(error: Exception) -> ImbalearnError:
    """An exception that crosses processes."""
    return error if isinstance(error, ImbalearnError) else PeerError(f"{type(error).__name__}: {error}")
