"""An exponential moving average of the weights whose horizon is a fraction of the run."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, AveragedModel

__all__ = ["average_weights"]


def average_weights(model: nn.Module, horizon: int) -> AveragedModel:
    """A running average of the parameters and buffers of `model`, over about the last `horizon` steps.

    The average starts short and grows to its horizon, so that it never remembers the initial weights.

    Args:
        model: What is averaged.
        horizon: Steps, >= 1.
    """
    return AveragedModel(model, multi_avg_fn=_lerp(max(1, horizon)), use_buffers=True)


def _lerp(horizon: int) -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    @torch.no_grad()
    def update(averaged: PARAM_LIST, current: PARAM_LIST, count: Tensor | int) -> None:
        if not averaged[0].is_floating_point():
            for ours, theirs in zip(averaged, current, strict=True):
                ours.copy_(theirs)
            return
        share = 1.0 / min(horizon, 1 + (int(count) + 9) / 10)
        torch._foreach_lerp_(averaged, current, share)  # pyright: ignore[reportPrivateImportUsage]

    return update
