"""ResNet18 with a stem for small images."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet

__all__ = ["ResNet18Cifar"]


class ResNet18Cifar(CifarResNet):
    """ResNet18 [1] whose first layer is a 3x3 convolution of stride 1, without max-pooling behind it.

    Four stages of two basic blocks with 64, 128, 256 and 512 channels. A file of torchvision's or timm's ResNet18 with
    such a stem fits, whatever it calls shortcuts and head.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 512].

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

    >>> net = ResNet18Cifar(num_classes=10)
    >>> sum(parameter.numel() for parameter in net.parameters())
    11173962
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
            blocks=2,
            widths=(64, 128, 256, 512),
            block="basic",
            num_classes=num_classes,
            in_channels=in_channels,
            shortcut="projection",
            norm=norm,
            pretrained=pretrained,
            freeze=freeze,
        )
