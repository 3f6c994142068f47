"""The CIFAR ResNets of 20 to 110 layers without their shortcuts: one class for each name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet

__all__ = ["PlainNet20", "PlainNet32", "PlainNet44", "PlainNet56", "PlainNet110"]


class _PlainNet(CifarResNet):
    """What the nets of every depth share: a subclass says how many blocks a stage has.

    Args:
        num_classes: K.
        in_channels: C.
        block: "basic" or "bottleneck".
        norm: "batch", or "group" for eight groups (for small batches).
        pretrained: The path of a safetensors or torch file. A head of another K stays fresh, with a warning.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.
    """

    blocks: int

    def __init__(
        self,
        *,
        num_classes: int,
        in_channels: int = 3,
        block: Literal["basic", "bottleneck"] = "basic",
        norm: Literal["batch", "group"] = "batch",
        pretrained: bool | Path = False,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"] = "none",
    ) -> None:
        super().__init__(
            blocks=self.blocks,
            block=block,
            num_classes=num_classes,
            in_channels=in_channels,
            shortcut="none",
            norm=norm,
            pretrained=pretrained,
            freeze=freeze,
        )


class PlainNet20(_PlainNet):
    """The plain network of 20 layers for small images, what remains of ResNet20 when its shortcuts are taken out [1].

    A block computes relu(f(x)), with f two 3x3 convolutions and their norms, or the three of a bottleneck. It has the
    parameters of ResNet20 with `shortcut=pad`, by the same names.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 64], or [B, 256] of bottlenecks.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385

    >>> net = PlainNet20(num_classes=10)
    >>> sum(parameter.numel() for parameter in net.parameters())
    269722
    """

    blocks = 3


class PlainNet32(_PlainNet):
    """`PlainNet20` with n = 5 blocks a stage: 32 layers, or 47 of bottlenecks."""

    blocks = 5


class PlainNet44(_PlainNet):
    """`PlainNet20` with n = 7 blocks a stage: 44 layers, or 65 of bottlenecks."""

    blocks = 7


class PlainNet56(_PlainNet):
    """`PlainNet20` with n = 9 blocks a stage: 56 layers, or 83 of bottlenecks."""

    blocks = 9


class PlainNet110(_PlainNet):
    """`PlainNet20` with n = 18 blocks a stage: 110 layers, or 164 of bottlenecks."""

    blocks = 18
