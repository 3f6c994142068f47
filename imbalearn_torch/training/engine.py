"""One optimiser step, from indices to updated weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import AveragedModel

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.errors import NonFiniteError
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.mixing import Mixer
from imbalearn_torch.training.precision import Precision
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


class Engine:
    """Runs steps over `parts`.

    Args:
        parts: What is trained.

    Attributes:
        skipped: Steps that an fp16 overflow has skipped.
        lr: The learning rate of the first optimiser in the last step.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.scaler = parts.precision.scaler()
        self.skipped = 0
        self.lr = _rate(parts)
        self._skipped_in_a_row = 0
        groups = [group for optimizer in parts.optimizers for group in optimizer.param_groups]
        self._mixer = Mixer(parts.mix, parts.loader, parts.network, parts.seed)
        self._trained = [each for group in groups for each in group["params"]]

    def step(self, epoch: int, step: int, columns: list[Tensor], weights: Tensor | None) -> tuple[Tensor, float]:
        """Train on one batch.

        Args:
            epoch: From 0.
            step: Within the epoch, from 0.
            columns: Indices `[B]` of the images and, where the mix draws its own partners, of these.
            weights: Class weights `[K]` on the device, or None for 1.

        Returns:
            The loss, and the norm of the gradient before clipping; infinite or NaN where fp16 overflowed and the step
            was skipped: weights, schedules and average are as before, and the loss scale is smaller.

        Raises:
            NonFiniteError: The loss or its gradient is NaN or infinite; no weight has been changed.
        """
        parts = self.parts
        self.lr = _rate(parts)
        seed_default_generators(parts.seed, "step", epoch, step)
        observe = getattr(parts.loss.loss, "observe", None)
        if observe is not None:
            observe(parts.loader.targets.index_select(0, columns[0].to(parts.loader.targets.device)))
        output, mixed = self._mixer.forward(epoch, step, columns, parts.precision.autocast)
        logits, features = output if isinstance(output, tuple) else (output, None)
        logits = logits.to(parts.precision.master)
        features = features.to(parts.precision.master) if features is not None else None
        total, norm = parts.loss(logits, features, mixed, parts.mix is not None, weights)
        loss = total / norm
        for optimizer in parts.optimizers:
            optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        gradient = self._update(loss.detach(), epoch, step, columns[0])
        return loss.detach(), gradient

    def _update(self, loss: Tensor, epoch: int, step: int, indices: Tensor) -> float:
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
                f"step {step + 1}, learning rate {self.lr:g}, images {indices.tolist()[:8]}...; "
                f"a smaller --lr{_hint(parts.precision.name)} or --clip 1 may help"
            )
        self._count_overflow(overflow, epoch, step)
        if overflow:
            # Not left to the scaler, which would still step the optimisers whose own gradients are finite.
            self.scaler.update()
            return gradient
        for optimizer in parts.optimizers:
            self.scaler.step(optimizer)
        self.scaler.update()
        for scheduler in parts.schedulers:
            scheduler.step()
        if parts.averaged is not None:
            parts.averaged.update_parameters(parts.network)
        return gradient

    def _count_overflow(self, overflow: bool, epoch: int, step: int) -> None:
        self._skipped_in_a_row = self._skipped_in_a_row + 1 if overflow else 0
        self.skipped += overflow
        if self._skipped_in_a_row >= _MOST_SKIPPED:
            raise NonFiniteError(
                f"{_MOST_SKIPPED} steps in a row overflowed in fp16, the last in epoch {epoch + 1}, step {step + 1}; "
                "--precision bf16 or fp32 has the range"
            )


def _hint(precision: str) -> str:
    # Known of torch 2.14 on CPUs: the bf16 weight gradient of a strided convolution of one pixel is not written.
    return ", --precision fp32" if precision in {"bf16", "fp16"} else ""


def _rate(parts: Parts) -> float:
    return float(parts.optimizers[0].param_groups[0]["lr"])
