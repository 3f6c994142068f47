"""A plugin file with one linear layer for a backbone, of which runs take half a second, and others that misbehave."""

from __future__ import annotations

from math import prod

from imbalearn_torch import Component, hookimpl


def linear(*, num_classes, input_shape):
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(prod(input_shape), num_classes))


def printing(*, num_classes, input_shape):
    """Says something when it is built."""
    print("printed by a component")
    return linear(num_classes=num_classes, input_shape=input_shape)


def clumsy(*, num_classes, input_shape):
    """Passes every trial, and fails in its third batch of training."""
    network, batches = linear(num_classes=num_classes, input_shape=input_shape), []

    def fail(module, arguments):
        batches.append(len(arguments[0]))
        if module.training and batches.count(14) > 2:
            raise KeyError("a plain mistake")

    network.register_forward_pre_hook(fail)
    return network


@hookimpl
def imbalearn_backbones():
    for make in (linear, printing, clumsy):
        yield Component(name=make.__name__, factory=make)
