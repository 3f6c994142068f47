"""When the memory is not enough: one sentence, with a batch size that fits. Nothing is changed silently."""

from __future__ import annotations

import errno
import gc
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from imbalearn_torch.errors import ImbalearnError, MemoryLimitError, NonFiniteError

if TYPE_CHECKING:
    from imbalearn_torch.training.engine import Engine

__all__ = ["lacks_memory", "step_within_memory"]

_SIGNS = ("out of memory", "allocate memory", "enough memory", "bad_alloc", "could not allocate")
_FEWEST = 2  # batch norm cannot train on one image


def lacks_memory(error: BaseException) -> bool:
    """Whether an exception says that memory could not be had; torch has a type for it on accelerators alone."""
    if isinstance(error, ImbalearnError):
        return False
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in _SIGNS)


def step_within_memory(
    engine: Engine, epoch: int, step: int, columns: list[Tensor], weights: Tensor | None
) -> tuple[Tensor, float]:
    """`engine.step`, whose want of memory is said in one sentence.

    Raises:
        MemoryLimitError: The batch does not fit; the message names a size that does. The engine is of no use any more.
    """
    try:
        return engine.step(epoch, step, columns, weights)
    except (RuntimeError, MemoryError, OSError) as error:
        if not lacks_memory(error):
            raise
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    # Outside of the handler, whose traceback holds on to the tensors of the step that failed.
    size = columns[0].numel()
    raise MemoryLimitError(
        f"out of memory in epoch {epoch + 1}, step {step + 1}, with {size} images a batch: "
        f"{_advice(engine, epoch, columns, weights)} ({reason})"
    )


def _advice(engine: Engine, epoch: int, columns: list[Tensor], weights: Tensor | None) -> str:
    size = columns[0].numel()
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        # The other processes would wait for ever for a batch of ours that they know nothing of.
        return f"try --batch-size {size // 2}, or more processes"
    while (size := size // 2) >= _FEWEST:
        if _fits(engine, epoch, [column[:size] for column in columns], weights):
            return f"{size} fit when tried just now, so --batch-size {size} would likely do"
    return "not even the smallest batch fits; take a smaller backbone or smaller images"


def _fits(engine: Engine, epoch: int, columns: list[Tensor], weights: Tensor | None) -> bool:
    for optimizer in engine.parts.optimizers:
        optimizer.zero_grad(set_to_none=True)
    gc.collect()
    if torch.accelerator.is_available():
        torch.accelerator.empty_cache()
    try:
        engine.step(epoch, 0, columns, weights)
    except NonFiniteError:
        return True
    except (RuntimeError, MemoryError, OSError) as error:
        if not lacks_memory(error):
            raise
        return False
    return True
