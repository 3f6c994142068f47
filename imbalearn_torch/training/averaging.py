"""An exponential moving average of the weights whose horizon is a fraction of the run."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

__all__ = ["average_weights"]


class WeightAverage(AveragedModel):
    """A running average of parameters and buffers over a growing number of steps; whole numbers are copied.

    torch's own sorts all tensors by device and type at every step, which takes longer than to average them.

    Args:
        model: What is averaged.
        horizon: The most steps, >= 1.
    """

    def __init__(self, model: nn.Module, horizon: int) -> None:
        super().__init__(model, use_buffers=True)
        self._horizon = horizon

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Move towards the present weights of `model`."""
        ours, whole = _tensors(self.module)
        theirs, present = _tensors(model)
        count = int(self.n_averaged)
        share = 1.0 / min(self._horizon, 1 + (count + 9) / 10) if count else 1.0
        torch._foreach_lerp_(ours, theirs, share)  # pyright: ignore[reportPrivateImportUsage]
        if whole:
            torch._foreach_copy_(whole, present)  # pyright: ignore[reportPrivateImportUsage]
        self.n_averaged += 1


def _tensors(model: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """Parameters and buffers: those of a floating type, and the others."""
    found: tuple[list[Tensor], list[Tensor]] = [], []
    for each in (*model.parameters(), *model.buffers()):
        found[not each.is_floating_point()].append(each)
    return found


def average_weights(model: nn.Module, horizon: int) -> AveragedModel:
    """A running average of the parameters and buffers of `model`, over about the last `horizon` steps.

    The average starts short and grows to its horizon, so that it never remembers the initial weights.

    Args:
        model: What is averaged.
        horizon: Steps, >= 1.
    """
    return WeightAverage(model, max(1, horizon))
