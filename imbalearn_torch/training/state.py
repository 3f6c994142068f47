"""Where a run stands, and everything that a checkpoint holds of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import torch
from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass
from torch import Tensor, nn

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.training.alike import require_alike, require_optimizer_state
from imbalearn_torch.training.engine import Engine

__all__ = ["Progress", "RunState", "pack_state", "unpack_state"]

Count = Annotated[int, Field(ge=0, lt=2**63)]
_PROCESSES = TypeAdapter(list[Annotated[int, Field(ge=1, strict=True)]])


@checked_dataclass(config=ConfigDict(strict=True, extra="forbid", allow_inf_nan=False))
class Progress:
    """The numbers of a run; all of them go into a checkpoint."""

    epoch: Count = 0
    step: Count = 0
    total_steps: Count = 0
    loss_sum: float = 0.0
    gradient_sum: float = 0.0
    lr: float = 0.0
    skipped: Count = 0
    skipped_in_a_row: Count = 0
    train_seconds: float = 0.0
    epoch_seconds: float = 0.0
    best: float | None = None
    best_epoch: Count | None = None
    best_step: Count | None = None
    since_best: Count = 0
    stopped: bool = False
    history: list[dict[str, JsonValue]] = field(default_factory=list)

    def next_epoch(self) -> None:
        """Count an epoch as done."""
        self.epoch, self.step = self.epoch + 1, 0
        self.loss_sum = self.gradient_sum = self.epoch_seconds = 0.0


@dataclass
class RunState:
    """What a run remembers beside network, loss, average and optimisers.

    Args:
        drawn: How often each class has been drawn, int64 `[K]`.
        best: The best predictor's weights so far; empty where they are not kept.
        progress: The numbers.
        seen: Which training images have been drawn, bool `[N]`; None: unknown, after a checkpoint without it.
        processes: How many have trained it, one number after the other; empty after a checkpoint without it.
    """

    drawn: Tensor
    best: dict[str, Tensor] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    seen: Tensor | None = None
    processes: list[int] = field(default_factory=list)


def pack_state(engine: Engine, state: RunState, identity: dict[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """All that the rest of a run depends on: tensors for safetensors, and the rest.

    Args:
        engine: Network, loss, average, optimisers, schedules and scaler.
        state: What the loop remembers.
        identity: Of the run.
    """
    parts = engine.parts
    weights = {f"best.{name}": tensor for name, tensor in state.best.items()}
    extra = {}
    for part, module in _modules(engine).items():
        for name, value in module.state_dict().items():
            # `get_extra_state` may give anything; safetensors takes tensors alone.
            (weights if isinstance(value, Tensor) else extra)[f"{part}.{name}"] = value
    state.progress.skipped, state.progress.skipped_in_a_row = engine.skipped, engine.skipped_in_a_row
    rest = {
        "identity": identity,
        "extra": extra,
        "progress": dict(vars(state.progress)),
        "drawn": state.drawn,
        "seen": state.seen,
        "processes": state.processes,
        "optimizers": [optimizer.state_dict() for optimizer in parts.optimizers],
        "schedulers": [scheduler.state_dict() for scheduler in parts.schedulers],
        "scaler": engine.scaler.state_dict(),
    }
    return weights, rest


def unpack_state(engine: Engine, weights: dict[str, Tensor], rest: dict[str, Any], begun: RunState) -> RunState:
    """Put the engine back to where `pack_state` found it, and return what the loop remembered.

    Args:
        engine: As a run begins with it.
        weights: From `pack_state`.
        rest: From `pack_state`.
        begun: What a run begins with.

    Raises:
        CheckpointError: It is no state of this run, though the hashes are right.
    """
    try:
        return _unpacked(engine, weights, rest, begun)
    except (CheckpointError, MemoryError, torch.OutOfMemoryError):
        raise
    except ValidationError as error:
        first = error.errors()[0]
        cause = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise CheckpointError(f"the state of the checkpoint does not fit this run: {cause}") from error
    except Exception as error:  # whatever a module, an optimiser or a schedule makes of a strange value
        cause = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise CheckpointError(f"the state of the checkpoint does not fit this run: {cause}") from error


def _unpacked(engine: Engine, weights: dict[str, Tensor], rest: dict[str, Any], begun: RunState) -> RunState:
    parts, progress = engine.parts, Progress(**rest["progress"])
    missing = [name for name in ("epoch", "step", "total_steps") if name not in rest["progress"]]
    if missing:  # other numbers began to be kept later, and begin anew; without these the run would
        raise CheckpointError(f"the state of the checkpoint does not fit this run: progress lacks {', '.join(missing)}")
    best = _under("best.", weights)
    state = RunState(rest["drawn"], best, progress, rest.get("seen"))
    require_alike("drawn", state.drawn, begun.drawn)
    if state.seen is not None:
        require_alike("seen", state.seen, begun.seen)
    if progress.best_epoch is not None:
        require_alike("best", best, dict(parts.network.state_dict()))
    state.processes = _PROCESSES.validate_python(rest.get("processes", []))
    for part, module in _modules(engine).items():
        _restore(part, module, _under(f"{part}.", {**weights, **rest["extra"]}))
    for optimizer, saved in zip(parts.optimizers, rest["optimizers"], strict=True):
        require_optimizer_state(optimizer, saved)
        optimizer.load_state_dict(saved)
    for scheduler, saved in zip(parts.schedulers, rest["schedulers"], strict=True):
        require_alike("schedulers", saved, scheduler.state_dict())
        scheduler.load_state_dict(saved)
    require_alike("scaler", rest["scaler"], engine.scaler.state_dict())
    engine.scaler.load_state_dict(rest["scaler"])
    engine.skipped, engine.skipped_in_a_row = progress.skipped, progress.skipped_in_a_row
    engine.is_restored = True
    return state


def _restore(part: str, module: nn.Module, saved: dict[str, Any]) -> None:
    try:
        module.load_state_dict(saved)
    except RuntimeError as error:
        cause = " ".join(str(error).split())
        raise CheckpointError(f"the {part} of the checkpoint does not fit this run: {cause}") from error


def _modules(engine: Engine) -> dict[str, nn.Module]:
    modules = {"network": engine.parts.network, "loss": engine.parts.loss.loss, "averaged": engine.parts.averaged}
    return {part: module for part, module in modules.items() if module is not None}


def _under(prefix: str, tensors: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
