"""A plugin file with one linear layer for a backbone, and components that go wrong: runs of a tenth of a second."""

from __future__ import annotations

from imbalearn_torch import Component, hookimpl


def linear(*, num_classes, input_shape):
    from math import prod

    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(prod(input_shape), num_classes))


def printing(*, num_classes, input_shape):
    print("printed by a component")
    return linear(num_classes=num_classes, input_shape=input_shape)


def clumsy(*, num_classes, input_shape, seed=1):
    """Fails while it trains, and only with one seed."""
    import torch

    network = linear(num_classes=num_classes, input_shape=input_shape)

    def fail(module, arguments):
        if module.training and torch.initial_seed() >= 0 and len(arguments[0]) > 2:
            raise KeyError("a plain mistake")

    network.register_forward_pre_hook(fail)
    return network


@hookimpl
def imbalearn_backbones():
    yield Component(name="linear", factory=linear)
    yield Component(name="printing", factory=printing)
    yield Component(name="clumsy", factory=clumsy)
