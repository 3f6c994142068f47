"""Backbone and head as one module, so that data parallelism sees every call."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.errors import ComponentError

__all__ = ["Network"]

_PROTOCOL = ("forward_features", "forward_head", "get_classifier")


class Network(nn.Module):
    """A backbone that gives logits, or logits and penultimate features.

    Args:
        backbone: Any module `[B, C, H, W] -> [B, K]`.
        features: Whether `forward` also returns the features `[B, D]`.
        cosine: Whether the logits are cosines between the features and the rows of the classifier.

    Raises:
        ComponentError: Features or cosines are asked of a backbone without timm's protocol.
    """

    def __init__(self, backbone: nn.Module, *, features: bool = False, cosine: bool = False) -> None:
        super().__init__()
        self.backbone = backbone
        self._features, self._cosine = features, cosine
        if features or cosine:
            missing = [name for name in _PROTOCOL if not hasattr(backbone, name)]
            if missing:
                what = "a cosine head" if cosine else "features"
                raise ComponentError(f"the loss asks for {what}, but the backbone has no {', '.join(missing)}")
        if cosine and self._classifier().bias is not None:
            self._classifier().bias.requires_grad_(False)

    def _classifier(self) -> nn.Linear:
        backbone: Any = self.backbone
        head = backbone.get_classifier()
        if not isinstance(head, nn.Linear):
            raise ComponentError(
                f"Expected the backbone's classifier to be an nn.Linear, but got {type(head).__name__}"
            )
        return head

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """`[B, C, H, W]` -> logits `[B, K]`, or logits and features `[B, D]`."""
        if not self._features and not self._cosine:
            return self.backbone(images)
        backbone: Any = self.backbone
        features = backbone.forward_head(backbone.forward_features(images), pre_logits=True)
        head = self._classifier()
        logits = F.linear(F.normalize(features), F.normalize(head.weight)) if self._cosine else head(features)
        return (logits, features) if self._features else logits
