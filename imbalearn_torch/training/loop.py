"""The training loop: epochs over the plan, validation, averaging, early stopping, checkpoints and resuming."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.data.workers import worker_failures
from imbalearn_torch.errors import NonFiniteError, RunInterrupted
from imbalearn_torch.training.checkpoint import save_checkpoint
from imbalearn_torch.training.engine import Engine
from imbalearn_torch.training.memory_limit import step_within_memory
from imbalearn_torch.training.state import Progress, RunState, pack_state, unpack_state

__all__ = ["LoopConfig", "Planned", "Trainer"]


class Planned(Protocol):
    """One column of the epoch plan."""

    def batches(self, epoch: int, batch_size: int) -> Tensor: ...


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How long to train, and what to keep.

    Args:
        epochs: T.
        batch_size: Of one step.
        keep: "last" or "best" (by the monitored figure).
        monitor: "macro-f1" or "loss" of the validation part.
        patience: Epochs without improvement before stopping; None: never stop early.
        checkpoint_every: Epochs between checkpoints.
        checkpoint_minutes: After so many since the last one, the next is written in the middle of an epoch; 0: never.
        checkpoint_keep: How many checkpoints to leave.
    """

    epochs: int
    batch_size: int
    keep: str
    monitor: str
    patience: int | None
    checkpoint_every: int
    checkpoint_minutes: float = 0.0
    checkpoint_keep: int = 2


class Trainer:
    """Trains until the epochs are over, patience runs out or a signal arrives.

    Args:
        engine: Makes the steps.
        columns: The planned columns: the sampler's, and the partner's where the mix names one.
        components: Sampler, mix, loss and backbone, told of each epoch through `set_epoch` where they have it.
        stats: Tells losses their prior.
        class_weights: `epoch -> [K]`; None: all 1.
        validate: Figures of the present predictor; None: there is no validation part.
        config: How long, and what to keep.
        folder: For checkpoints; None: none are written.
        identity: Of the run, kept in every checkpoint.
        on_step: Called after every step with the epoch, the step and the loss.
        on_epoch: Called after every epoch with its row of figures.
        stop: Asked after every step; a signal's number: write a checkpoint and raise `RunInterrupted`.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        columns: tuple[Planned, ...],
        components: tuple[Any, ...],
        stats: ClassStats,
        class_weights: Callable[[int], Tensor] | None,
        validate: Callable[[nn.Module], dict[str, Any]] | None,
        config: LoopConfig,
        folder: Path | None,
        identity: dict[str, Any],
        on_step: Callable[[int, int, float], None] = lambda *_: None,
        on_epoch: Callable[[dict[str, Any]], None] = lambda _: None,
        stop: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.engine = engine
        # Counted on the CPU, so that no step waits for an accelerator.
        self._targets = engine.parts.loader.targets.cpu()
        unseen = torch.zeros(self._targets.numel(), dtype=torch.bool)
        drawn, processes = torch.zeros(stats.num_classes, dtype=torch.int64), [engine.parts.runtime.world_size]
        self._state = RunState(drawn, seen=unseen, processes=processes)
        self._columns, self._components, self._stats = columns, components, stats
        self._class_weights, self._validate, self._config = class_weights, validate, config
        self._identity = identity
        self._folder, self._on_step, self._on_epoch, self._stop = folder, on_step, on_epoch, stop
        self._saved_at = time.monotonic()

    @property
    def progress(self) -> Progress:
        """Where the run stands."""
        return self._state.progress

    @property
    def drawn(self) -> Tensor:
        """How often each class has been drawn so far, int64 `[K]`."""
        return self._state.drawn

    @property
    def distinct(self) -> Tensor | None:
        """How many different images of each class have been drawn so far, int64 `[K]`; None where it is unknown."""
        seen = self._state.seen
        return None if seen is None else torch.bincount(self._targets[seen], minlength=self.drawn.numel())

    @property
    def processes(self) -> list[int]:
        """How many processes have trained so far, one number after the other where it has changed."""
        return self._state.processes

    @property
    def predictor(self) -> nn.Module:
        """The network as it would predict now: averaged where there is an average."""
        averaged = self.engine.parts.averaged
        return self.engine.parts.network if averaged is None or not int(averaged.n_averaged) else averaged.module

    @property
    def kept_epoch(self) -> int:
        """The epoch that gave the final weights: the last one trained, or the best; 0 where nothing was trained."""
        best = self.progress.best_epoch
        return best if best is not None else max(0, self.progress.epoch - 1)

    @worker_failures()
    def train(self) -> None:
        """Go on from where `progress` stands to the end."""
        state = self.progress
        self._saved_at = time.monotonic()
        self.stop_if_asked()
        while not self._is_over:
            self.begin_epoch(state.epoch)
            self._epoch()
            state.stopped = self._finish_epoch()
            if state.stopped or state.epoch % self._config.checkpoint_every == 0 or state.epoch == self._config.epochs:
                self.save()
        if self._state.best:
            self.predictor.load_state_dict(self._state.best)

    @property
    def _is_over(self) -> bool:
        return self.progress.epoch >= self._config.epochs or self.progress.stopped

    def begin_epoch(self, epoch: int) -> None:
        """Tell every component of the epoch, and the loss of the prior."""
        averaged = self.engine.parts.averaged
        # The average is a copy, and predicts: its backbone is told too.
        copies: tuple[Any, ...] = () if averaged is None else (getattr(averaged.module, "backbone", None),)
        for component in (*self._components, *copies):
            set_epoch = getattr(component, "set_epoch", None)
            if set_epoch is not None:
                set_epoch(epoch)
        set_prior = getattr(self.engine.parts.loss.loss, "set_prior", None)
        if set_prior is not None:
            set_prior(self._stats.prior(epoch))
        self.engine.begin_epoch()

    def _own(self, plans: list[Tensor]) -> list[Tensor]:
        """This process's share of every global batch."""
        runtime = self.engine.parts.runtime
        return plans if runtime.is_alone else [plan[:, runtime.part(plan.shape[1])] for plan in plans]

    def _epoch(self) -> None:
        state, loader = self.progress, self.engine.parts.loader
        plans = [column.batches(state.epoch, self._config.batch_size) for column in self._columns]
        weights = None
        if self._class_weights is not None:
            weights = self._class_weights(state.epoch).to(loader.targets.device, self.engine.parts.precision.master)
        self.engine.parts.network.train()
        loader.follow(self._own(plans), state.step)
        for step in range(state.step, plans[0].shape[0]):
            started = time.perf_counter()
            columns = [plan[step] for plan in plans]
            loss, gradient = step_within_memory(self.engine, state.epoch, step, columns, weights)
            for indices in columns:
                labels = self._targets.index_select(0, indices)
                self._state.drawn += torch.bincount(labels, minlength=self.drawn.numel())
                if self._state.seen is not None:
                    self._state.seen.index_fill_(0, indices, True)
            value = float(loss)
            state.loss_sum += value
            # A step that an fp16 overflow has skipped counts as 0: one infinity would hide all the others.
            state.gradient_sum += gradient if math.isfinite(gradient) else 0.0
            state.step, state.total_steps, state.lr = step + 1, state.total_steps + 1, self.engine.lr
            state.epoch_seconds += time.perf_counter() - started
            self._on_step(state.epoch, step, value)
            self.stop_if_asked()
            # The clock decides when, never what: a checkpoint changes nothing of the run.
            if 0 < self._config.checkpoint_minutes * 60 <= time.monotonic() - self._saved_at:
                self.save()

    def stop_if_asked(self) -> None:
        """Write a checkpoint and leave, once a signal has come; not to be called between a step and its accounts.

        Raises:
            RunInterrupted: It has.
        """
        # All processes of a run stop after the same step.
        signal_number, state = self.engine.parts.runtime.agree(self._stop() or 0), self.progress
        if signal_number:
            if state.total_steps:
                self.save()
            raise RunInterrupted(
                f"stopped by a signal in epoch {state.epoch + 1} after {state.step} steps", signal_number
            )

    def stop_between_batches(self) -> None:
        """The same while validating; many processes have unequal parts of it, and stop after the next step."""
        if self.engine.parts.runtime.is_alone:
            self.stop_if_asked()

    def _finish_epoch(self) -> bool:
        """Validate, report, and say whether patience has run out."""
        state = self.progress
        images = state.step * self._config.batch_size
        row: dict[str, Any] = {
            "epoch": state.epoch,
            "lr": state.lr,
            "train_loss": state.loss_sum / max(1, state.step),
            "gradient_norm": state.gradient_sum / max(1, state.step),
            "steps": state.total_steps,
            "skipped_steps": self.engine.skipped,
            "train_seconds": state.epoch_seconds,
            "images_per_second": images / state.epoch_seconds if state.epoch_seconds else None,
        }
        stopped = False
        if self._validate is not None:
            row |= self._validated()
            stopped = self._judge(row)
        state.train_seconds += state.epoch_seconds
        state.history.append(row)
        self._on_epoch(row)
        state.next_epoch()
        return stopped

    def _validated(self) -> dict[str, Any]:
        assert self._validate is not None
        self.engine.parts.runtime.broadcast_buffers(self.predictor)
        figures, state = self._validate(self.predictor), self.progress
        loss = figures.get("val_loss")
        if loss is not None and not math.isfinite(loss):
            raise NonFiniteError(
                f"the validation loss ({loss}) is not finite after epoch {state.epoch + 1}; "
                "a smaller --lr or --clip 1 may help",
                {"kind": "validation", "epoch": state.epoch, "step": None, "learning_rate": state.lr},
            )
        return figures

    def _judge(self, row: dict[str, Any]) -> bool:
        state = self.progress
        figure = -row["val_loss"] if self._config.monitor == "loss" else row["val_macro_f1"]
        if figure is not None and not math.isnan(figure) and (state.best is None or figure > state.best):
            state.best, state.since_best = figure, 0
            if self._config.keep == "best":
                state.best_epoch, state.best_step = state.epoch, state.total_steps
                self._state.best = {name: tensor.clone() for name, tensor in self.predictor.state_dict().items()}
        else:
            state.since_best += 1
        return self._config.patience is not None and state.since_best >= self._config.patience

    def save(self) -> None:
        """Write a checkpoint of everything that the rest of the run depends on."""
        if self._folder is not None:
            weights, state = pack_state(self.engine, self._state, self._identity)
            save_checkpoint(
                self._folder,
                self.progress.total_steps,
                weights,
                state,
                keep=self._config.checkpoint_keep,
                best=self.progress.best_step,
            )
            self._saved_at = time.monotonic()

    def load(self, weights: dict[str, Tensor], rest: dict[str, Any]) -> None:
        """Go back to where a checkpoint was written.

        Raises:
            CheckpointError: It does not fit this run.
        """
        here = self._state.processes
        self._state = unpack_state(self.engine, weights, rest, self._state)
        if not self._is_over and self._state.processes[-1:] != here:
            self._state.processes += here
