"""A plugin file for runs on several processes: one linear layer, and components that one process of them trips over."""

from __future__ import annotations

import os
import signal
from math import prod

from imbalearn_torch import Component, hookimpl


def _counted(network, at, what):
    """Calls `what` before the training batch of that number."""
    batches = []

    def look(module, arguments):
        batches.append(len(arguments[0]))
        if module.training and len(batches) == at + 2:  # two images have been tried before the training
            what()

    network.register_forward_pre_hook(look)
    return network


def linear(*, num_classes, input_shape):
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(prod(input_shape), num_classes))


def mortal(*, num_classes, input_shape, kill: int = -1):
    """Rank 1 is killed before its batch `kill`, unless torchrun has started it again."""

    def die():
        if os.environ.get("RANK") == "1" and os.environ.get("TORCHELASTIC_RESTART_COUNT") == "0":
            os.kill(os.getpid(), signal.SIGKILL)

    at = int(os.environ.get("TEST_KILL_AT", kill))
    return _counted(linear(num_classes=num_classes, input_shape=input_shape), at, die)


def clumsy(*, num_classes, input_shape):
    """Rank 1 makes a plain mistake in its fourth batch."""

    def fail():
        if os.environ.get("RANK") == "1":
            raise KeyError("a plain mistake")

    return _counted(linear(num_classes=num_classes, input_shape=input_shape), 4, fail)


def diverging(*, reduction):
    """Infinite in the fourth batch."""
    from torch import nn

    class Diverging(nn.CrossEntropyLoss):
        calls = 0

        def forward(self, logits, targets):
            self.calls += 1
            return super().forward(logits, targets) / (self.calls != 4)

    return Diverging(reduction=reduction)


class Odd:
    """Shares that are none, on rank 1 alone, after the trial."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, a, b, generator):
        from imbalearn_torch import Mixed

        self.calls += 1
        odd = self.calls == 5 and os.environ.get("RANK") == "1"
        return Mixed(a.images, a.targets, b.targets, a.images.new_full((len(a.targets),), 2.0 if odd else 0.5))


@hookimpl
def imbalearn_backbones():
    for make in (linear, mortal, clumsy):
        yield Component(name=make.__name__, factory=make)


@hookimpl
def imbalearn_losses():
    yield Component(name="diverging", factory=diverging)


@hookimpl
def imbalearn_mixes():
    yield Component(name="odd", factory=Odd)
