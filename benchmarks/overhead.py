"""The training part of an epoch beside the bare forward, backward and step on tensors already made.

Same network, optimisers, precision and memory format; the 9,500-image CIFAR-10 shape from random images, batch 96.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from imbalearn_torch import Dataset, RunConfig, Samples, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.training.network import Network

_AUGMENT = "crop:pad=4+flip+cutout:size=8"


def measure(quick: bool) -> dict[str, Any]:
    """The ratio of times, median of alternating pairs, for `ce` and for a balanced sampler with mixup."""
    plain = RunConfig(data=_images(), augment=_AUGMENT, epochs=30)
    mixed = plain.model_copy(update={"sampler": "balanced", "mix": "mixup"})
    return {"plain": _compare(plain, quick), "balanced_mixup": _compare(mixed, quick), "bound": 1.10}


def _images() -> Dataset:
    draw = torch.Generator().manual_seed(0)
    targets = torch.cat([torch.zeros(5000), torch.arange(1, 10).repeat_interleave(500)]).long()
    inputs = torch.randint(0, 256, (len(targets), 3, 32, 32), generator=draw, dtype=torch.uint8)
    part = Samples(inputs, targets)
    return Dataset(train=part, test=part, classes=tuple("0123456789"))


def _compare(config: RunConfig, quick: bool) -> dict[str, Any]:
    known = registry()
    session = open_session(resolve_run(config, known), known)
    steps = 10 if quick else 20
    ours, bare = _ours(session), _bare(session)
    ours(0, 5)
    bare(0, 5)
    pairs = [(_seconds(ours, pair, steps), _seconds(bare, pair, steps)) for pair in range(3 if quick else 7)]
    ratios = [first / second for first, second in pairs]
    images = steps * (session.config.batch_size or 1)
    return {
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "images_per_second": images / statistics.median(first for first, _ in pairs),
        "bare_images_per_second": images / statistics.median(second for _, second in pairs),
        "precision": session.config.precision,
        "batch_size": session.config.batch_size,
    }


def _seconds(work: Callable[[int, int], None], pair: int, steps: int) -> float:
    started = time.perf_counter()
    work(pair, steps)
    return time.perf_counter() - started


def _ours(session: Session) -> Callable[[int, int], None]:
    engine = session.engine(session.network())
    engine.parts.network.train()

    def work(epoch: int, steps: int) -> None:
        plans = [column.batches(epoch, session.config.batch_size or 1) for column in session.components.columns]
        for step in range(steps):
            engine.step(epoch, step, [plan[step] for plan in plans], None)

    return work


def _bare(session: Session) -> Callable[[int, int], None]:
    network: Network = copy.deepcopy(session.network()).train()
    optimizers = session.run.optimizer.build(parameters=list(network.parameters()))
    images = torch.randn(session.config.batch_size or 1, 3, 32, 32).to(memory_format=torch.channels_last)
    targets = torch.randint(0, 10, (len(images),))

    def work(_epoch: int, steps: int) -> None:
        for _ in range(steps):
            with session.precision.autocast():
                logits = network(images)
            assert isinstance(logits, torch.Tensor)
            for optimizer in optimizers:
                optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(logits.float(), targets).backward()
            for optimizer in optimizers:
                optimizer.step()

    return work
