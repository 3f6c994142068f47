"""The training loop: epochs over the plan, validation, averaging, early stopping, checkpoints and resuming."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.errors import RunInterrupted
from imbalearn_torch.training.checkpoint import save_checkpoint
from imbalearn_torch.training.engine import Engine

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
    """

    epochs: int
    batch_size: int
    keep: str
    monitor: str
    patience: int | None
    checkpoint_every: int


@dataclass
class Progress:
    """Where a run stands; all of it goes into a checkpoint."""

    epoch: int = 0
    step: int = 0
    total_steps: int = 0
    loss_sum: float = 0.0
    gradient_sum: float = 0.0
    skipped: int = 0
    train_seconds: float = 0.0
    epoch_seconds: float = 0.0
    best: float | None = None
    since_best: int = 0
    stopped: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)


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
        self.progress = Progress()
        self.drawn = torch.zeros(stats.num_classes, dtype=torch.int64)
        self._best_weights: dict[str, Tensor] = {}
        self._columns, self._components, self._stats = columns, components, stats
        self._class_weights, self._validate, self._config = class_weights, validate, config
        self._identity = identity
        self._folder, self._on_step, self._on_epoch, self._stop = folder, on_step, on_epoch, stop

    @property
    def predictor(self) -> nn.Module:
        """The network as it would predict now: averaged where there is an average."""
        averaged = self.engine.parts.averaged
        return self.engine.parts.network if averaged is None or not int(averaged.n_averaged) else averaged.module

    def train(self) -> None:
        """Go on from where `progress` stands to the end."""
        state = self.progress
        while state.epoch < self._config.epochs and not state.stopped:
            self.begin_epoch(state.epoch)
            self._epoch()
            state.stopped = self._finish_epoch()
            if state.stopped or state.epoch % self._config.checkpoint_every == 0 or state.epoch == self._config.epochs:
                self.save()
        if self._best_weights:
            self.predictor.load_state_dict(self._best_weights)

    def begin_epoch(self, epoch: int) -> None:
        """Tell every component of the epoch, and the loss of the prior."""
        for component in self._components:
            if hasattr(component, "set_epoch"):
                component.set_epoch(epoch)
        loss = self.engine.parts.loss.loss
        if hasattr(loss, "set_prior"):
            loss.set_prior(self._stats.prior(epoch))

    def _epoch(self) -> None:
        state, loader = self.progress, self.engine.parts.loader
        plans = [column.batches(state.epoch, self._config.batch_size) for column in self._columns]
        weights = None
        if self._class_weights is not None:
            weights = self._class_weights(state.epoch).to(loader.targets.device, self.engine.parts.precision.master)
        self.engine.parts.network.train()
        for step in range(state.step, plans[0].shape[0]):
            started = time.perf_counter()
            columns = [plan[step] for plan in plans]
            loss, gradient = self.engine.step(state.epoch, step, columns, weights)
            for indices in columns:
                labels = loader.targets.index_select(0, indices.to(loader.targets.device)).cpu()
                self.drawn += torch.bincount(labels, minlength=self.drawn.numel())
            state.loss_sum += float(loss)
            state.gradient_sum += gradient
            state.step, state.total_steps = step + 1, state.total_steps + 1
            state.epoch_seconds += time.perf_counter() - started
            self._on_step(state.epoch, step, float(loss))
            signal_number = self._stop()
            if signal_number is not None:
                self.save()
                raise RunInterrupted(f"stopped by a signal at epoch {state.epoch}, step {step}", signal_number)

    def _finish_epoch(self) -> bool:
        """Validate, report, and say whether patience has run out."""
        state = self.progress
        state.train_seconds += state.epoch_seconds
        images = state.step * self._config.batch_size
        row: dict[str, Any] = {
            "epoch": state.epoch,
            "lr": self.engine.lr,
            "train_loss": state.loss_sum / max(1, state.step),
            "gradient_norm": state.gradient_sum / max(1, state.step),
            "steps": state.total_steps,
            "skipped_steps": self.engine.skipped,
            "train_seconds": state.epoch_seconds,
            "images_per_second": images / state.epoch_seconds if state.epoch_seconds else None,
        }
        stopped = False
        if self._validate is not None:
            row |= self._validate(self.predictor)
            stopped = self._judge(row)
        state.history.append(row)
        self._on_epoch(row)
        state.epoch, state.step, state.loss_sum, state.gradient_sum, state.epoch_seconds = (
            state.epoch + 1,
            0,
            0.0,
            0.0,
            0.0,
        )
        return stopped

    def _judge(self, row: dict[str, Any]) -> bool:
        state = self.progress
        figure = -row["val_loss"] if self._config.monitor == "loss" else row["val_macro_f1"]
        if figure is not None and (state.best is None or figure > state.best):
            state.best, state.since_best = figure, 0
            if self._config.keep == "best":
                self._best_weights = {name: tensor.clone() for name, tensor in self.predictor.state_dict().items()}
        else:
            state.since_best += 1
        return self._config.patience is not None and state.since_best >= self._config.patience

    def save(self) -> None:
        """Write a checkpoint of everything that the rest of the run depends on."""
        if self._folder is None:
            return
        parts, state = self.engine.parts, self.progress
        state.skipped = self.engine.skipped
        weights = {f"network.{name}": tensor for name, tensor in parts.network.state_dict().items()}
        weights |= {f"loss.{name}": tensor for name, tensor in parts.loss.loss.state_dict().items()}
        weights |= {f"best.{name}": tensor for name, tensor in self._best_weights.items()}
        if parts.averaged is not None:
            weights |= {f"averaged.{name}": tensor for name, tensor in parts.averaged.state_dict().items()}
        rest = {
            "identity": self._identity,
            "progress": dict(vars(state)),
            "drawn": self.drawn,
            "optimizers": [optimizer.state_dict() for optimizer in parts.optimizers],
            "schedulers": [scheduler.state_dict() for scheduler in parts.schedulers],
            "scaler": self.engine.scaler.state_dict(),
        }
        save_checkpoint(self._folder, state.total_steps, weights, rest)

    def load(self, weights: dict[str, Tensor], rest: dict[str, Any]) -> None:
        """Go back to where a checkpoint was written."""
        parts = self.engine.parts
        parts.network.load_state_dict(_under("network.", weights))
        parts.loss.loss.load_state_dict(_under("loss.", weights))
        self._best_weights = _under("best.", weights)
        if parts.averaged is not None:
            parts.averaged.load_state_dict(_under("averaged.", weights))
        for optimizer, saved in zip(parts.optimizers, rest["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        for scheduler, saved in zip(parts.schedulers, rest["schedulers"], strict=True):
            scheduler.load_state_dict(saved)
        self.engine.scaler.load_state_dict(rest["scaler"])
        self.progress = Progress(**rest["progress"])
        self.engine.skipped = self.progress.skipped
        self.drawn = rest["drawn"]


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
