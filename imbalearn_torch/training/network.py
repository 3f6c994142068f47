"""Backbone and head as one module, so that data parallelism sees every call."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.blame import name_of
from imbalearn_torch.errors import ComponentError, OptionError

__all__ = ["Network", "compiled"]

_PROTOCOL = ("forward_features", "forward_head", "get_classifier")


class Network(nn.Module):
    """A backbone that gives logits, or logits and penultimate features.

    Args:
        backbone: Any module `[B, C, H, W] -> [B, K]`.
        features: Whether `forward` also returns the features `[B, D]`.
        cosine: Whether the logits are cosines between the features and the rows of the classifier.
        classes: K, which the logits are checked against; None: any.

    Raises:
        ComponentError: Features or cosines are asked of a backbone without timm's protocol.
    """

    def __init__(
        self, backbone: nn.Module, *, features: bool = False, cosine: bool = False, classes: int | None = None
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self._classes = classes
        self._features, self._cosine = features, cosine
        if features or cosine:
            missing = [name for name in _PROTOCOL if not hasattr(backbone, name)]
            if missing:
                what = "a cosine head is" if cosine else "features are"
                raise ComponentError(
                    f"{what} asked for by the loss or an adjuster, but the backbone {name_of(backbone)} has no "
                    f"{', '.join(missing)}"
                )
            bias = self._classifier().bias
            if cosine and bias is not None:
                bias.requires_grad_(False)

    def _classifier(self) -> nn.Linear:
        backbone: Any = self.backbone
        head = backbone.get_classifier()
        if not isinstance(head, nn.Linear):
            raise ComponentError(
                f"Expected the backbone's classifier to be an nn.Linear, but got {type(head).__name__}"
            )
        return head

    def forward(self, images: Tensor, rows: int | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """`[B, C, H, W]` -> logits `[B, K]`, or logits and features `[B, D]`.

        Args:
            images: The batch.
            rows: How many rows of logits are expected, where a hidden mix makes one of two images; None: B.
        """
        if not self._features and not self._cosine:
            return self._checked(self.backbone(images), len(images) if rows is None else rows)
        backbone: Any = self.backbone
        features = backbone.forward_head(backbone.forward_features(images), pre_logits=True)
        head = self._classifier()
        logits = _cosines(features, head.weight) if self._cosine else head(features)
        return (logits, features) if self._features else logits

    def _checked(self, logits: Any, batch: int) -> Tensor:
        if not isinstance(logits, Tensor) or logits.shape != (batch, self._classes or logits.shape[-1]):
            came = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise ComponentError(
                f"Expected the backbone {name_of(self.backbone)} to give logits [B, K] = "
                f"[{batch}, {self._classes or 'K'}], but got {came}"
            )
        return logits


def compiled(network: Network, backend: str) -> Network:
    """The same network, which torch.compile translates when it is first called; "none" leaves it as it is.

    Raises:
        OptionError: torch has no such back end here.
    """
    if backend != "none":
        known = torch.compiler.list_backends(exclude_tags=())
        if backend not in known:
            raise OptionError(
                f"option 'compile' expects none or a back end of torch.compile ({', '.join(known)}), got {backend!r}"
            )
        network.compile(backend=backend)
    return network


def _cosines(features: Tensor, weight: Tensor) -> Tensor:
    # Outside autocast: a loss multiplies by 30, and bf16 rounds a cosine near 1 to steps of 1/256.
    with torch.autocast(features.device.type, enabled=False):
        return F.linear(F.normalize(features.to(weight.dtype)), F.normalize(weight))
