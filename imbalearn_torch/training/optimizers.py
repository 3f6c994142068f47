"""Optimisers by option string: `sgd:lr=0.1`, `adamw`, `muon:lr=0.03,rest_lr=0.3`. torch's own, and timm's Muon.

A factory returns a list: Muon orthogonalises the convolutions, and SGD trains the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["OPTIMIZERS", "adamw", "muon", "sgd"]


def _check(parameters: Sequence[nn.Parameter], momentum: float = 0.0, **values: float) -> None:
    """What torch takes without a word, or refuses without naming the option."""
    if not any(each.requires_grad for each in parameters):
        raise OptionError("Expected at least one parameter to train, but all are frozen")
    if not 0 <= momentum < 1:
        raise OptionError(f"Expected `momentum` to be in [0, 1), but got {momentum}")
    for name, value in values.items():
        if value < 0:
            raise OptionError(f"Expected `{name}` to be >= 0, but got {value}")


def sgd(
    *,
    parameters: Sequence[nn.Parameter],
    lr: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 0.0005,
    nesterov: bool = True,
) -> list[torch.optim.Optimizer]:
    """Stochastic gradient descent with momentum.

    Args:
        parameters: What is trained.
        lr: Peak learning rate.
        momentum: In [0, 1).
        weight_decay: L2 penalty on every parameter.
        nesterov: Look ahead along the momentum.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    import torch

    _check(parameters, momentum, lr=lr, weight_decay=weight_decay)
    nesterov = nesterov and momentum > 0
    return [torch.optim.SGD(parameters, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)]


def adamw(
    *,
    parameters: Sequence[nn.Parameter],
    lr: float = 0.002,
    weight_decay: float = 0.05,
    beta1: float = 0.9,
    beta2: float = 0.999,
) -> list[torch.optim.Optimizer]:
    """Adam with decoupled weight decay (Loshchilov 2019, arXiv:1711.05101); biases and norms do not decay.

    Args:
        parameters: What is trained.
        lr: Peak learning rate.
        weight_decay: Decoupled decay of matrices and convolutions.
        beta1: Decay of the mean.
        beta2: Decay of the variance.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    import torch

    _check(parameters, lr=lr, weight_decay=weight_decay)
    matrices = [each for each in parameters if each.dim() > 1]
    vectors = [each for each in parameters if each.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return [torch.optim.AdamW([group for group in groups if group["params"]], lr=lr, betas=(beta1, beta2))]


def muon(
    *,
    parameters: Sequence[nn.Parameter],
    lr: float = 0.03,
    rest_lr: float | None = None,
    momentum: float = 0.9,
    weight_decay: float = 0.0005,
) -> list[torch.optim.Optimizer]:
    """Muon (Jordan 2024, kellerjordan.github.io/posts/muon) for convolutions, nesterov SGD for everything else.

    Args:
        parameters: What is trained.
        lr: Peak learning rate of the convolutions.
        rest_lr: Peak learning rate of the other parameters; None: ten times `lr`.
        momentum: Of both.
        weight_decay: Decoupled for Muon, an L2 penalty for SGD.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    from timm.optim.muon import Muon

    # So that one rate moves both, also where a network has no convolution.
    rest_lr = 10 * lr if rest_lr is None else rest_lr
    _check(parameters, momentum, lr=lr, rest_lr=rest_lr, weight_decay=weight_decay)
    kernels = [each for each in parameters if each.dim() == 4]
    rest = [each for each in parameters if each.dim() != 4]
    optimizers: list[torch.optim.Optimizer] = []
    if kernels:
        # Said outright: left to itself, timm trains some shapes (the stem of grey images) by Adam at this rate.
        groups = [{"params": kernels, "use_muon": True}]
        optimizers.append(Muon(groups, lr=lr, momentum=momentum, nesterov=True, weight_decay=weight_decay))
    if rest:
        optimizers += sgd(parameters=rest, lr=rest_lr, momentum=momentum, weight_decay=weight_decay)
    return optimizers


_HERE = "imbalearn_torch.training.optimizers"
OPTIMIZERS = Table(
    "optimizer",
    ("parameters",),
    (
        Component(name="sgd", factory=f"{_HERE}:sgd", summary="SGD with Nesterov momentum, from torch."),
        Component(
            name="adamw",
            factory=f"{_HERE}:adamw",
            summary="AdamW, from torch.",
            reference="Loshchilov 2019, arXiv:1711.05101",
        ),
        Component(
            name="muon",
            factory=f"{_HERE}:muon",
            summary="Muon for convolutions, from timm; SGD for the rest.",
            reference="Jordan 2024, kellerjordan.github.io/posts/muon",
        ),
    ),
)
