"""The training part of an epoch beside the bare forward, backward and step on tensors already made.

Ours is the whole loop: plan, draws, augmentation, mix, network, loss, checks, optimiser, average and bookkeeping. Same
network, optimisers, precision and memory format; the 9,500-image CIFAR-10 shape from random images, batch 96. The
breakdown is timed in a pass of its own, since a clock around every part costs time as well.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from benchmarks.breakdown import milliseconds
from benchmarks.harness import paired
from imbalearn_torch import Dataset, RunConfig, Samples, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import trainer_of
from imbalearn_torch.training.network import Network

_AUGMENT = "crop:pad=4+flip+cutout:size=8"
_BATCH = 96


def measure(quick: bool) -> dict[str, Any]:
    """The ratio of times, median of alternating pairs, for `ce` and for a balanced sampler with mixup."""
    steps = 10 if quick else 20
    size = f"epoch_size={steps * _BATCH}"
    plain = RunConfig(
        data=random_images(), augment=_AUGMENT, epochs=1, batch_size=_BATCH, sampler=f"instance:{size}", val_fraction=0
    )
    mixed = plain.model_copy(update={"sampler": f"balanced:{size}", "mix": "mixup"})
    pairs = 3 if quick else 7
    return {"plain": _compare(plain, pairs), "balanced_mixup": _compare(mixed, pairs)}


def random_images() -> Dataset:
    """The 9,500-image CIFAR-10, in shape only."""
    draw = torch.Generator().manual_seed(0)
    targets = torch.cat([torch.zeros(5000), torch.arange(1, 10).repeat_interleave(500)]).long()
    inputs = torch.randint(0, 256, (len(targets), 3, 32, 32), generator=draw, dtype=torch.uint8)
    part = Samples(inputs, targets)
    return Dataset(train=part, test=part, classes=tuple("0123456789"))


def _compare(config: RunConfig, pairs: int) -> dict[str, Any]:
    known = registry()
    session = open_session(resolve_run(config, known), known)
    # Made beforehand, one for each pair and one to warm up: what is measured is training.
    trainers = iter([trainer_of(session) for _ in range(pairs + 1)])
    found = paired(lambda: next(trainers).train(), bare_epoch(session), pairs, at_most=1.05)
    images = session.steps * _BATCH
    return {
        **found,
        "images_per_second": images / found["seconds"]["ours"],
        "bare_images_per_second": images / found["seconds"]["peer"],
        "milliseconds_a_step": milliseconds(session),
        "precision": session.config.precision,
        "batch_size": _BATCH,
    }


def bare_epoch(session: Session) -> Callable[[], None]:
    """As many forward and backward passes and updates as an epoch has steps, on one batch that is already made."""
    network: Network = copy.deepcopy(session.network()).train()
    optimizers = session.run.optimizer.build(parameters=list(network.parameters()))
    images = torch.randn(_BATCH, 3, 32, 32).to(memory_format=torch.channels_last)
    targets = torch.randint(0, 10, (len(images),))

    def epoch() -> None:
        for _ in range(session.steps):
            with session.precision.autocast():
                logits = network(images)
            assert isinstance(logits, torch.Tensor)
            for optimizer in optimizers:
                optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(logits.float(), targets).backward()
            for optimizer in optimizers:
                optimizer.step()

    return epoch
