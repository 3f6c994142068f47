"""The early layers, which change least, stand still at the end."""

from __future__ import annotations

from typing import Any

from torch import nn

from imbalearn_torch.errors import ComponentError

__all__ = ["LateFreeze"]


class LateFreeze:
    """From a fraction of the training on, everything before the backbone's second stage keeps its weights.

    Its backward pass is then left out (Brock 2017, FreezeOut, arXiv:1706.04983, with one step instead of many). Running
    statistics of normalisation go on.

    Args:
        backbone: With `stages`, a tuple of its modules; timm's `get_classifier` tells its head.
        start: The fraction of training from which the early layers stand still, in [0, 1].
        epochs: T.

    Raises:
        ComponentError: The backbone has no two stages.
    """

    def __init__(self, backbone: nn.Module, start: float, epochs: int) -> None:
        stages: Any = getattr(backbone, "stages", ())
        try:
            late = list(stages)[1:]
        except TypeError:
            late = []
        if not late:
            raise ComponentError(
                "freeze_early is for a backbone that says where its stages are (`stages`, a tuple of its modules), "
                f"and {type(backbone).__name__} names no two"
            )
        head = backbone.get_classifier() if hasattr(backbone, "get_classifier") else None  # pyright: ignore[reportCallIssue]
        late += [head] if isinstance(head, nn.Module) else []
        kept = {id(each) for module in late for each in module.parameters()}
        self.early = [each for each in backbone.parameters() if each.requires_grad and id(each) not in kept]
        self.first_epoch = round(start * epochs)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, counted from 0."""
        for each in self.early:
            each.requires_grad_(epoch < self.first_epoch)
            if epoch >= self.first_epoch:
                each.grad = None
