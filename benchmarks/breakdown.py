"""Where a training step of ours spends its time, by clocks around the calls that it makes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

from imbalearn_torch.experiments.session import Session
from imbalearn_torch.experiments.train import trainer_of
from imbalearn_torch.training import mixing
from imbalearn_torch.training.step import LossStep

__all__ = ["milliseconds"]


def milliseconds(session: Session) -> dict[str, float]:
    """Of each part of a step, the mean of one epoch; `bookkeeping` is what no clock has seen.

    Args:
        session: Of one epoch.
    """
    trainer = trainer_of(session)
    parts, spent = trainer.engine.parts, _Clocks()
    network: nn.Module = parts.network
    network.register_forward_pre_hook(lambda *_: spent.start("forward"))
    network.register_forward_hook(lambda *_: spent.stop("forward"))
    with ExitStack() as patched:

        def watch(place: Any, attribute: str, name: str) -> None:
            patched.enter_context(patch.object(place, attribute, spent.around(name, getattr(place, attribute))))

        for column in session.components.columns:
            watch(column, "batches", "plan")
        watch(parts.loader, "draw", "draw, augment, normalise")
        watch(parts.loader, "batch", "draw, augment, normalise")
        watch(mixing, "mix_batches", "mix")
        watch(LossStep, "__call__", "loss")
        watch(torch.Tensor, "backward", "backward")
        watch(nn.utils, "get_total_norm", "gradient norm")
        for optimizer in parts.optimizers:  # by hooks: a schedule warns of a `step` that was replaced
            optimizer.register_step_pre_hook(lambda *_: spent.start("optimiser"))
            optimizer.register_step_post_hook(lambda *_: spent.stop("optimiser"))
        if parts.averaged is not None:
            watch(parts.averaged, "update_parameters", "average")
        started = time.perf_counter()
        trainer.train()
        total = time.perf_counter() - started
    spent.seconds["bookkeeping"] = total - sum(spent.seconds.values())
    return {name: round(1e3 * seconds / session.steps, 3) for name, seconds in spent.seconds.items()}


class _Clocks:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._started: dict[str, float] = {}

    def start(self, name: str) -> None:
        self._started[name] = time.perf_counter()

    def stop(self, name: str) -> None:
        self.seconds[name] += time.perf_counter() - self._started[name]

    def around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, with the seconds it takes added up."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                self.seconds[name] += time.perf_counter() - started

        return watched
