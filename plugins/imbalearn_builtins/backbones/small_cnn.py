"""A small convolutional network."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from torch import nn

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.images import check_images
from imbalearn_builtins.backbones.layers import conv_stage
from imbalearn_builtins.backbones.linear_head import LinearHead

__all__ = ["SmallCnn"]

_WIDTHS = (64, 128, 256)


class SmallCnn(LinearHead):
    """Three 3x3 convolutions of 64, 128 and 256 channels, each with norm, ReLU and max-pooling, and a linear head.

    The features are the means of the last map.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 256].

    Args:
        num_classes: K.
        in_channels: C.
        norm: "batch", or "group" for eight groups (for small batches).
        pretrained: The path of a safetensors or torch file. A head of another K stays fresh, with a warning.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    >>> net = SmallCnn(num_classes=10)
    >>> sum(parameter.numel() for parameter in net.parameters())
    373834
    """

    def __init__(
        self,
        *,
        num_classes: int,
        in_channels: int = 3,
        norm: Literal["batch", "group"] = "batch",
        pretrained: bool | Path = False,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"] = "none",
    ) -> None:
        super().__init__()
        check_choice("norm", norm, ("batch", "group"))
        check_images(num_classes, in_channels)
        self.layer1 = conv_stage(in_channels, _WIDTHS[:1], norm)
        self.layer2 = conv_stage(_WIDTHS[0], _WIDTHS[1:2], norm)
        self.layer3 = conv_stage(_WIDTHS[1], _WIDTHS[2:], norm)
        self.linear = nn.Linear(_WIDTHS[2], num_classes)
        self.start(pretrained, freeze)
