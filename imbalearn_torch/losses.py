"""The built-in losses as plain torch modules and functions: `from imbalearn_torch.losses import FocalLoss`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.losses.asymmetric import AsymmetricLoss, asymmetric_loss
    from imbalearn_builtins.losses.balanced_softmax import BalancedSoftmaxLoss
    from imbalearn_builtins.losses.cdt import CDTLoss
    from imbalearn_builtins.losses.ce import CrossEntropyLoss, cross_entropy
    from imbalearn_builtins.losses.equalization import EqualizationLoss
    from imbalearn_builtins.losses.focal import FocalLoss, focal_loss
    from imbalearn_builtins.losses.gcl import GCLLoss
    from imbalearn_builtins.losses.influence_balanced import InfluenceBalancedLoss
    from imbalearn_builtins.losses.label_aware_smoothing import LabelAwareSmoothingLoss
    from imbalearn_builtins.losses.lade import LADELoss
    from imbalearn_builtins.losses.ldam import LDAMLoss
    from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
    from imbalearn_builtins.losses.poly1 import Poly1Loss, poly1_loss
    from imbalearn_builtins.losses.seesaw import SeesawLoss
    from imbalearn_builtins.losses.sigmoid_focal import SigmoidFocalLoss, sigmoid_focal_loss
    from imbalearn_builtins.losses.vs import VSLoss

__all__ = [
    "AsymmetricLoss",
    "BalancedSoftmaxLoss",
    "CDTLoss",
    "CrossEntropyLoss",
    "EqualizationLoss",
    "FocalLoss",
    "GCLLoss",
    "InfluenceBalancedLoss",
    "LADELoss",
    "LDAMLoss",
    "LabelAwareSmoothingLoss",
    "LogitAdjustedLoss",
    "Poly1Loss",
    "SeesawLoss",
    "SigmoidFocalLoss",
    "VSLoss",
    "asymmetric_loss",
    "cross_entropy",
    "focal_loss",
    "poly1_loss",
    "sigmoid_focal_loss",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "AsymmetricLoss": "imbalearn_builtins.losses.asymmetric",
        "BalancedSoftmaxLoss": "imbalearn_builtins.losses.balanced_softmax",
        "CDTLoss": "imbalearn_builtins.losses.cdt",
        "CrossEntropyLoss": "imbalearn_builtins.losses.ce",
        "EqualizationLoss": "imbalearn_builtins.losses.equalization",
        "FocalLoss": "imbalearn_builtins.losses.focal",
        "GCLLoss": "imbalearn_builtins.losses.gcl",
        "InfluenceBalancedLoss": "imbalearn_builtins.losses.influence_balanced",
        "LADELoss": "imbalearn_builtins.losses.lade",
        "LDAMLoss": "imbalearn_builtins.losses.ldam",
        "LabelAwareSmoothingLoss": "imbalearn_builtins.losses.label_aware_smoothing",
        "LogitAdjustedLoss": "imbalearn_builtins.losses.logit_adjusted",
        "Poly1Loss": "imbalearn_builtins.losses.poly1",
        "SeesawLoss": "imbalearn_builtins.losses.seesaw",
        "SigmoidFocalLoss": "imbalearn_builtins.losses.sigmoid_focal",
        "VSLoss": "imbalearn_builtins.losses.vs",
        "asymmetric_loss": "imbalearn_builtins.losses.asymmetric",
        "cross_entropy": "imbalearn_builtins.losses.ce",
        "focal_loss": "imbalearn_builtins.losses.focal",
        "poly1_loss": "imbalearn_builtins.losses.poly1",
        "sigmoid_focal_loss": "imbalearn_builtins.losses.sigmoid_focal",
    },
)
