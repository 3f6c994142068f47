"""A multilayer perceptron."""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from imbalearn_torch import errors

__all__ = ["MLP"]

_ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh}
_NORMS = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class MLP(nn.Module):
    """Hidden layers of linear map, norm, activation and dropout, and a linear head.

    `h_l = dropout(activation(norm(W_l h_{l-1} + b_l)))`, `h_0 = x`, `logits = W h_L + b`

    Without hidden layers it is a linear model: multinomial logistic regression.

    Shapes: rows [B, D], or images [B, C, H, W] that are flattened to D = C H W -> logits [B, K]; features
    [B, width of the last hidden layer].

    Args:
        num_classes: K.
        input_shape: Of one sample: (D,) or (C, H, W).
        hidden: Widths of the hidden layers, each >= 1.
        dropout: Share of the activations of every hidden layer that is set to 0, in [0, 1).
        norm: Batch norm, which trains on batches of two or more, layer norm, or none, which large learning rates do
            not forgive.
        activation: Of the hidden layers.

    Raises:
        OptionError: A value cannot be used; also where batch norm is to train on one row.

    References:
        [1] D. E. Rumelhart, G. E. Hinton, R. J. Williams, Learning representations by back-propagating errors,
            Nature 1986, doi:10.1038/323533a0

    >>> mlp = MLP(num_classes=3, input_shape=(13,), hidden=(8, 4))
    >>> [stage[0].out_features for stage in mlp.stages], mlp.get_classifier().in_features
    ([8, 4], 4)
    """

    def __init__(
        self,
        *,
        num_classes: int,
        input_shape: tuple[int, ...],
        hidden: tuple[int, ...] = (256, 256),
        dropout: float = 0.2,
        norm: Literal["none", "batch", "layer"] = "batch",
        activation: Literal["relu", "gelu", "silu", "tanh"] = "relu",
    ) -> None:
        super().__init__()
        _check(num_classes, input_shape, hidden, dropout)
        _check_choice("norm", norm, _NORMS)
        _check_choice("activation", activation, _ACTIVATIONS)
        widths = (math.prod(input_shape), *hidden)
        self.layers = nn.Sequential(*(_layer(*pair, dropout, norm, activation) for pair in pairwise(widths)))
        self.head = nn.Linear(widths[-1], num_classes)
        self._norm = norm

    @property
    def stages(self) -> tuple[nn.Module, ...]:
        """The hidden layers, whose activations hidden mixing mixes; a linear model has no such attribute."""
        if not self.layers:
            raise AttributeError("a linear model has no hidden layers")
        return tuple(self.layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """The activations of the last hidden layer [B, D']; of a linear model the input itself."""
        if self.training and self._norm == "batch" and len(x) == 1:
            raise errors.OptionError("norm=batch cannot train on a batch of one row; use norm=layer or larger batches")
        return self.layers(x.flatten(1))

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Logits [B, K] of features, or the features [B, D'] as the classifier is given them."""
        return x if pre_logits else self.head(x)

    def get_classifier(self) -> nn.Linear:
        """The head."""
        return self.head

    def reset_classifier(self, num_classes: int) -> None:
        """Start the head anew, for K = `num_classes`."""
        _check_at_least_one("num_classes", num_classes)
        old = self.head
        self.head = nn.Linear(old.in_features, num_classes, device=old.weight.device, dtype=old.weight.dtype)


def _layer(inside: int, outside: int, dropout: float, norm: str, activation: str) -> nn.Sequential:
    make_norm = _NORMS[norm]
    parts: list[nn.Module] = [nn.Linear(inside, outside)]
    if make_norm is not None:
        parts.append(make_norm(outside))
    parts.append(_ACTIVATIONS[activation]())
    if dropout:
        parts.append(nn.Dropout(dropout))
    return nn.Sequential(*parts)


def _check(num_classes: int, input_shape: tuple[int, ...], hidden: tuple[int, ...], dropout: float) -> None:
    _check_at_least_one("num_classes", num_classes)
    if not input_shape or min(input_shape) < 1:
        raise errors.OptionError(f"Expected `input_shape` to be numbers >= 1, but got {list(input_shape)}")
    if hidden and min(hidden) < 1:
        raise errors.OptionError(f"Expected `hidden` to be widths >= 1, but got {list(hidden)}")
    if not 0 <= dropout < 1:
        raise errors.OptionError(f"Expected `dropout` to be in [0, 1), but got {dropout}")


def _check_at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise errors.OptionError(f"Expected `{name}` to be >= 1, but got {value}")


def _check_choice(name: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise errors.OptionError(f"Expected `{name}` to be one of {', '.join(known)}, but got {value!r}")
