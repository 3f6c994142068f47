"""Small losses made on the spot, for components that are broken on purpose and for sound ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Loss(nn.Module):
    """A loss from a function of itself, logits and labels.

    Args:
        values: That function.
        buffers: Registered by name.
        attributes: Set by name; a tensor among them is no buffer.
    """

    def __init__(
        self, values: Callable[[Any, Tensor, Tensor], Any], buffers: dict[str, Tensor] | None = None, **attributes: Any
    ) -> None:
        super().__init__()
        self.values = values
        for name, value in (buffers or {}).items():
            self.register_buffer(name, value)
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, logits: Tensor, targets: Tensor) -> Any:
        return self.values(self, logits, targets)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits, targets, reduction="none")


def loss_of(values: Callable[[Tensor, Tensor], Any], **attributes: Any) -> Callable[..., Loss]:
    """A factory of a loss without state, from a function of logits and labels."""

    def factory(num_classes):
        return Loss(lambda _, logits, targets: values(logits, targets), **attributes)

    return factory


def probability(logits: Tensor, targets: Tensor) -> Tensor:
    """p_y, `[B]`."""
    return torch.exp(-cross_entropy(logits, targets))
