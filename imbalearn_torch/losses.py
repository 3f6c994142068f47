"""The built-in losses as plain torch modules and functions: `from imbalearn_torch.losses import FocalLoss`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.losses.balanced_softmax import BalancedSoftmaxLoss
    from imbalearn_builtins.losses.ce import CrossEntropyLoss, cross_entropy
    from imbalearn_builtins.losses.focal import FocalLoss, focal_loss
    from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss

__all__ = [
    "BalancedSoftmaxLoss",
    "CrossEntropyLoss",
    "FocalLoss",
    "LogitAdjustedLoss",
    "cross_entropy",
    "focal_loss",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "BalancedSoftmaxLoss": "imbalearn_builtins.losses.balanced_softmax",
        "CrossEntropyLoss": "imbalearn_builtins.losses.ce",
        "FocalLoss": "imbalearn_builtins.losses.focal",
        "LogitAdjustedLoss": "imbalearn_builtins.losses.logit_adjusted",
        "cross_entropy": "imbalearn_builtins.losses.ce",
        "focal_loss": "imbalearn_builtins.losses.focal",
    },
)
