"""Optimisers by option string: `sgd:lr=0.1`, `adam`, `adamw`, `muon:lr=0.03`.

A factory returns a list: Muon orthogonalises the convolutions, and SGD trains the rest. `head_lr` gives the classifier
a learning rate of its own, as transfer learning wants it; schedules scale both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["OPTIMIZERS", "adam", "adamw", "muon", "sgd"]


def _check(parameters: Sequence[nn.Parameter], momentum: float = 0.0, **values: float | None) -> None:
    """What torch takes without a word, or refuses without naming the option."""
    if not any(each.requires_grad for each in parameters):
        raise OptionError("Expected at least one parameter to train, but all are frozen")
    if not 0 <= momentum < 1:
        raise OptionError(f"Expected `momentum` to be in [0, 1), but got {momentum}")
    for name, value in values.items():
        if value is not None and value < 0:
            raise OptionError(f"Expected `{name}` to be >= 0, but got {value}")


def _groups(
    parameters: Sequence[nn.Parameter], head: Collection[nn.Parameter], head_lr: float | None
) -> list[dict[str, Any]]:
    """Everything together, or the classifier's parameters, with their rate, behind the others."""
    if head_lr is None:
        return [{"params": list(parameters)}]
    inside = {id(each) for each in head}
    classifier = [each for each in parameters if id(each) in inside]
    if not classifier:
        raise OptionError(
            "`head_lr` is for a backbone whose classifier is known (timm's get_classifier) and trained, which this one"
            " has not"
        )
    rest = [each for each in parameters if id(each) not in inside]
    groups: list[dict[str, Any]] = [{"params": rest}, {"params": classifier, "lr": head_lr}]
    return [group for group in groups if group["params"]]


def sgd(
    *,
    parameters: Sequence[nn.Parameter],
    head: Collection[nn.Parameter] = (),
    lr: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 0.0005,
    nesterov: bool = True,
    head_lr: float | None = None,
) -> list[torch.optim.Optimizer]:
    """Stochastic gradient descent with momentum.

    Args:
        parameters: What is trained.
        head: Those of the classifier.
        lr: Peak learning rate.
        momentum: In [0, 1).
        weight_decay: L2 penalty on every parameter.
        nesterov: Look ahead along the momentum.
        head_lr: Peak learning rate of the classifier; None: as all others.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    import torch

    _check(parameters, momentum, lr=lr, weight_decay=weight_decay, head_lr=head_lr)
    groups = _groups(parameters, head, head_lr)
    nesterov = nesterov and momentum > 0
    return [torch.optim.SGD(groups, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)]


def adam(
    *,
    parameters: Sequence[nn.Parameter],
    head: Collection[nn.Parameter] = (),
    lr: float = 0.001,
    weight_decay: float = 0.0,
    beta1: float = 0.9,
    beta2: float = 0.999,
    head_lr: float | None = None,
) -> list[torch.optim.Optimizer]:
    """Adam (Kingma 2015, arXiv:1412.6980).

    Args:
        parameters: What is trained.
        head: Those of the classifier.
        lr: Peak learning rate.
        weight_decay: L2 penalty on every parameter, within the gradient.
        beta1: Decay of the mean.
        beta2: Decay of the variance.
        head_lr: Peak learning rate of the classifier; None: as all others.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    import torch

    _check(parameters, lr=lr, weight_decay=weight_decay, head_lr=head_lr)
    groups = _groups(parameters, head, head_lr)
    return [torch.optim.Adam(groups, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay)]


def adamw(
    *,
    parameters: Sequence[nn.Parameter],
    head: Collection[nn.Parameter] = (),
    lr: float = 0.002,
    weight_decay: float = 0.05,
    beta1: float = 0.9,
    beta2: float = 0.999,
    head_lr: float | None = None,
) -> list[torch.optim.Optimizer]:
    """Adam with decoupled weight decay (Loshchilov 2019, arXiv:1711.05101); biases and norms do not decay.

    Args:
        parameters: What is trained.
        head: Those of the classifier.
        lr: Peak learning rate.
        weight_decay: Decoupled decay of matrices and convolutions.
        beta1: Decay of the mean.
        beta2: Decay of the variance.
        head_lr: Peak learning rate of the classifier; None: as all others.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    import torch

    _check(parameters, lr=lr, weight_decay=weight_decay, head_lr=head_lr)
    groups: list[dict[str, Any]] = []
    for group in _groups(parameters, head, head_lr):
        matrices = [each for each in group["params"] if each.dim() > 1]
        vectors = [each for each in group["params"] if each.dim() <= 1]
        groups += [{**group, "params": matrices, "weight_decay": weight_decay}] if matrices else []
        groups += [{**group, "params": vectors, "weight_decay": 0.0}] if vectors else []
    return [torch.optim.AdamW(groups, lr=lr, betas=(beta1, beta2))]


def muon(
    *,
    parameters: Sequence[nn.Parameter],
    head: Collection[nn.Parameter] = (),
    lr: float = 0.03,
    rest_lr: float | None = None,
    momentum: float = 0.9,
    weight_decay: float = 0.0005,
    head_lr: float | None = None,
) -> list[torch.optim.Optimizer]:
    """Muon (Jordan 2024, kellerjordan.github.io/posts/muon) for convolutions, nesterov SGD for everything else.

    Args:
        parameters: What is trained.
        head: Those of the classifier.
        lr: Peak learning rate of the convolutions.
        rest_lr: Peak learning rate of the other parameters; None: ten times `lr`.
        momentum: Of both.
        weight_decay: Decoupled for Muon, an L2 penalty for SGD.
        head_lr: Peak learning rate of the classifier; None: `rest_lr`.

    Raises:
        OptionError: Nothing to train, or a value outside its range.
    """
    from imbalearn_torch.training.muon import KernelMuon

    # So that one rate moves both, also where a network has no convolution.
    rest_lr = 10 * lr if rest_lr is None else rest_lr
    _check(parameters, momentum, lr=lr, rest_lr=rest_lr, weight_decay=weight_decay, head_lr=head_lr)
    _groups(parameters, head, head_lr)  # refuses a rate for a classifier that is not there
    # The classifier of some networks is a 1x1 convolution: with a rate of its own it is not Muon's.
    aside = {id(each) for each in head} if head_lr is not None else set[int]()
    kernels = [each for each in parameters if each.dim() == 4 and id(each) not in aside]
    rest = [each for each in parameters if each.dim() != 4 or id(each) in aside]
    optimizers: list[torch.optim.Optimizer] = []
    if kernels:
        optimizers.append(KernelMuon(kernels, lr=lr, momentum=momentum, weight_decay=weight_decay))
    if rest:
        optimizers += sgd(
            parameters=rest, head=head, lr=rest_lr, momentum=momentum, weight_decay=weight_decay, head_lr=head_lr
        )
    return optimizers


_HERE = "imbalearn_torch.training.optimizers"
OPTIMIZERS = Table(
    "optimizer",
    ("parameters", "head"),
    (
        Component(name="sgd", factory=f"{_HERE}:sgd", summary="SGD with Nesterov momentum, from torch."),
        Component(
            name="adam", factory=f"{_HERE}:adam", summary="Adam, from torch.", reference="Kingma 2015, arXiv:1412.6980"
        ),
        Component(
            name="adamw",
            factory=f"{_HERE}:adamw",
            summary="AdamW, from torch.",
            reference="Loshchilov 2019, arXiv:1711.05101",
        ),
        Component(
            name="muon",
            factory=f"{_HERE}:muon",
            summary="Muon for convolutions, SGD for the rest.",
            reference="Jordan 2024, kellerjordan.github.io/posts/muon",
        ),
    ),
)
