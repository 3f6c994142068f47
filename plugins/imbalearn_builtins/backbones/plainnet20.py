"""ResNet20 without its shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet

__all__ = ["PlainNet20"]


class PlainNet20(CifarResNet):
    """The plain network of 20 layers for small images, what remains of ResNet20 when its shortcuts are taken out [1].

    A block computes relu(f(x)), with f two 3x3 convolutions and their norms. It has the parameters of ResNet20 with
    `shortcut=pad`, by the same names.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 64].

    Args:
        num_classes: K.
        in_channels: C.
        norm: "batch", or "group" for eight groups (for small batches).
        pretrained: The path of a safetensors or torch file. A head of another K stays fresh, with a warning.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385

    >>> net = PlainNet20(num_classes=10)
    >>> sum(parameter.numel() for parameter in net.parameters())
    269722
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
        super().__init__(
            depth=20,
            num_classes=num_classes,
            in_channels=in_channels,
            shortcut="none",
            norm=norm,
            pretrained=pretrained,
            freeze=freeze,
        )
