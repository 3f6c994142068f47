"""The CIFAR ResNet of 20 layers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet

__all__ = ["ResNet20"]


class ResNet20(CifarResNet):
    """The residual network of 20 layers for small images.

    A block computes relu(f(x) + x), with f two 3x3 convolutions and their norms; nine blocks in three stages of 16, 32
    and 64 channels stand between a 3x3 stem and mean pooling with a linear head [1].

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 64].

    Args:
        num_classes: K.
        in_channels: C.
        shortcut: Where the shape changes: "projection", a 1x1 convolution with norm (option B of [1]), or "pad", zero
            channels and no parameters (option A, the paper's choice for CIFAR).
        norm: "batch", or "group" for eight groups (for small batches).
        pretrained: The path of a safetensors or torch file. A head of another K stays fresh, with a warning.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385

    >>> net = ResNet20(num_classes=10, shortcut="pad")
    >>> sum(parameter.numel() for parameter in net.parameters())
    269722
    """

    def __init__(
        self,
        *,
        num_classes: int,
        in_channels: int = 3,
        shortcut: Literal["projection", "pad"] = "projection",
        norm: Literal["batch", "group"] = "batch",
        pretrained: bool | Path = False,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"] = "none",
    ) -> None:
        super().__init__(
            depth=20,
            num_classes=num_classes,
            in_channels=in_channels,
            shortcut=shortcut,
            norm=norm,
            pretrained=pretrained,
            freeze=freeze,
        )
