"""One optimiser step, from indices to updated weights."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import AveragedModel

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.errors import CheckpointError, NonFiniteError
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.memory_limit import lacks_memory
from imbalearn_torch.training.mixing import Mixer
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.training.runtime import ALONE, Runtime
from imbalearn_torch.training.step import LossStep

__all__ = ["Engine", "Parts"]

_MOST_SKIPPED = 20  # overflowing steps in a row under fp16 before the run gives up


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is trained, on what, and how.

    Args:
        network: Gives logits, or logits and features.
        loss: The loss of a batch.
        loader: The training part.
        mix: The mixing strategy; None: images as they are.
        optimizers: All are stepped together.
        schedulers: One for each optimiser, stepped with it.
        averaged: The running average of the network; None: there is none.
        precision: How to compute.
        clip: Largest gradient norm; None: not clipped.
        seed: Of every stream.
        runtime: The processes of the run.
    """

    network: nn.Module
    loss: LossStep
    loader: Loader
    mix: Any
    optimizers: list[Optimizer]
    schedulers: list[LRScheduler]
    averaged: AveragedModel | None
    precision: Precision
    clip: float | None
    seed: int
    runtime: Runtime = ALONE


class Engine:
    """Runs steps over `parts`.

    Args:
        parts: What is trained.

    Attributes:
        skipped: Steps that an fp16 overflow has skipped.
        skipped_in_a_row: How many of them just now, one after the other.
        lr: The learning rate of the first optimiser in the last step.
        is_restored: Whether what it holds is from a checkpoint, and no step has shown yet that it is of use.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.scaler = parts.precision.scaler()
        self.skipped = self.skipped_in_a_row = 0
        self.is_restored = False
        self.lr = _rate(parts)
        groups = [group for optimizer in parts.optimizers for group in optimizer.param_groups]
        self._mixer = Mixer(parts.mix, parts.loader, parts.network, parts.seed, parts.runtime)
        self._trained = [each for group in groups for each in group["params"]]
        self._totals: Callable[..., tuple[Tensor, Tensor]] = self._own_totals
        self._moving: list[bool] | None = None

    def begin_epoch(self) -> None:
        """Let the processes of the run average the gradients of the parameters that are trained from now on."""
        moving = [each.requires_grad for each in self._trained]
        if not self.parts.runtime.is_alone and moving != self._moving:
            self._moving, self._totals = moving, self._own_totals  # the wrapper there was lets go of its hooks
            self._totals = self.parts.runtime.wrap(_Whole(self))

    def step(self, epoch: int, step: int, columns: list[Tensor], weights: Tensor | None) -> tuple[Tensor, float]:
        """Train on one batch.

        Args:
            epoch: From 0.
            step: Within the epoch, from 0.
            columns: Indices `[B]` of the images of the global batch and, where the mix draws its own partners, of
                these.
            weights: Class weights `[K]` on the device, or None for 1.

        Returns:
            The loss of the global batch, and the norm of the gradient before clipping; infinite or NaN where fp16
            overflowed and the step was skipped: weights, schedules and average are as before, and the loss scale is
            smaller.

        Raises:
            NonFiniteError: The loss or its gradient is NaN or infinite; no weight has been changed.
        """
        parts, runtime = self.parts, self.parts.runtime
        self.lr = _rate(parts)
        seed_default_generators(parts.seed, "step", epoch, step, *runtime.keys)
        observe = getattr(parts.loss.loss, "observe", None)
        if observe is not None:
            observe(self._labels(columns[0]))
        total, norm = self._totals(epoch, step, columns, weights)
        loss = total / (norm if runtime.is_alone else self._norm_of_all(norm, columns[0], weights))
        for optimizer in parts.optimizers:
            optimizer.zero_grad(set_to_none=True)
        # Gradients are averaged over the processes, but the loss is the sum of their shares.
        self.scaler.scale(loss if runtime.is_alone else loss * runtime.world_size).backward()
        loss = runtime.all_reduce(loss.detach())
        gradient = self._update(loss, epoch, step, columns)
        return loss, gradient

    def _own_totals(
        self, epoch: int, step: int, columns: list[Tensor], weights: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Of this process's share of the batch the weighted sum of the losses, and the sum of the weights."""
        parts = self.parts
        output, mixed = self._mixer.forward(epoch, step, columns, parts.precision.autocast)
        logits, features = output if isinstance(output, tuple) else (output, None)
        logits = logits.to(parts.precision.master)
        features = features.to(parts.precision.master) if features is not None else None
        return parts.loss(logits, features, mixed, parts.mix is not None, weights)

    def _norm_of_all(self, norm: Tensor, indices: Tensor, weights: Tensor | None) -> Tensor:
        """The sum of the weights of the global batch: known from the plan, unless a mix has drawn the shares."""
        if self.parts.mix is not None:
            return self.parts.runtime.all_reduce(norm)
        return self.parts.loss.norm(self._labels(indices), norm, weights)

    def _labels(self, indices: Tensor) -> Tensor:
        targets = self.parts.loader.targets
        return targets.index_select(0, indices.to(targets.device))

    def _update(self, loss: Tensor, epoch: int, step: int, columns: list[Tensor]) -> float:
        parts = self.parts
        for optimizer in parts.optimizers:
            self.scaler.unscale_(optimizer)
        if parts.clip is not None:
            norm = nn.utils.clip_grad_norm_(self._trained, parts.clip)
        else:
            norm = nn.utils.get_total_norm([each.grad for each in self._trained if each.grad is not None])
        gradient = float(norm)
        finite_loss, finite_gradient = bool(loss.isfinite()), math.isfinite(gradient)
        overflow = self.scaler.is_enabled() and finite_loss and not finite_gradient
        if not overflow and not (finite_loss and finite_gradient):
            raise NonFiniteError(
                f"the loss ({float(loss)}) or its gradient (norm {gradient}) is not finite in epoch {epoch + 1}, "
                f"step {step + 1}, learning rate {self.lr:g}, images {columns[0].tolist()[:8]}...; "
                f"a smaller --lr{_hint(parts.precision.name)} or --clip 1 may help",
                self._record("gradient" if finite_loss else "loss", epoch, step, columns),
            )
        self._count_overflow(overflow, epoch, step, columns)
        if overflow:
            # Not left to the scaler, which would still step the optimisers whose own gradients are finite.
            self.scaler.update()
            return gradient
        with self._tried_after_a_checkpoint():
            for optimizer in parts.optimizers:
                self.scaler.step(optimizer)
            self.scaler.update()
            for scheduler in parts.schedulers:
                scheduler.step()
            if parts.averaged is not None:
                parts.averaged.update_parameters(parts.network)
        return gradient

    @contextlib.contextmanager
    def _tried_after_a_checkpoint(self) -> Iterator[None]:
        """Only an optimiser knows what it must find of a parameter, and says so when it makes a step."""
        try:
            yield
        except Exception as error:
            if not self.is_restored or lacks_memory(error):
                raise
            cause = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise CheckpointError(
                f"the state of the checkpoint does not fit this run: the first step from it fails: {cause}"
            ) from error
        self.is_restored = False

    def _count_overflow(self, overflow: bool, epoch: int, step: int, columns: list[Tensor]) -> None:
        self.skipped_in_a_row = self.skipped_in_a_row + 1 if overflow else 0
        self.skipped += overflow
        if self.skipped_in_a_row >= _MOST_SKIPPED:
            raise NonFiniteError(
                f"{_MOST_SKIPPED} steps in a row overflowed in fp16, the last in epoch {epoch + 1}, step {step + 1}; "
                "--precision bf16 or fp32 has the range",
                self._record("overflow", epoch, step, columns),
            )

    def _record(self, kind: str, epoch: int, step: int, columns: list[Tensor]) -> dict[str, Any]:
        """What failure.json says of a step, counted from 0."""
        partners = columns[1].tolist() if len(columns) > 1 else None
        where = {"kind": kind, "epoch": epoch, "step": step, "learning_rate": self.lr}
        return {**where, "batch_indices": columns[0].tolist(), "partner_indices": partners}


class _Whole(nn.Module):
    """All that parameters take part in between the images and the loss, so that data parallelism sees every call.

    Args:
        engine: Computes it.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.network, self.loss = engine.parts.network, engine.parts.loss.loss
        # One that is never used: where all are, torch warns that it need not have looked.
        self.idle = nn.Parameter(engine.parts.loader.targets.new_zeros(1, dtype=engine.parts.precision.master))
        self._totals = engine._own_totals

    def forward(self, *step: Any) -> tuple[Tensor, Tensor]:
        return self._totals(*step)


def _hint(precision: str) -> str:
    # Known of torch 2.14 on CPUs: the bf16 weight gradient of a strided convolution of one pixel is not written.
    return ", --precision fp32" if precision in {"bf16", "fp16"} else ""


def _rate(parts: Parts) -> float:
    return float(parts.optimizers[0].param_groups[0]["lr"])
