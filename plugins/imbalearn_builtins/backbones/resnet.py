"""The CIFAR ResNets of 20 to 110 layers: one class for each name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet

__all__ = ["ResNet20", "ResNet32", "ResNet44", "ResNet56", "ResNet110"]


class _ResNet(CifarResNet):
    """What the nets of every depth share: a subclass says how many blocks a stage has.

    Args:
        num_classes: K.
        in_channels: C.
        shortcut: Where the shape changes: "projection", a 1x1 convolution with norm (option B of [1]), or "pad", zero
            channels and no parameters (option A, the paper's choice for CIFAR).
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
        shortcut: Literal["projection", "pad"] = "projection",
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
            shortcut=shortcut,
            norm=norm,
            pretrained=pretrained,
            freeze=freeze,
        )


class ResNet20(_ResNet):
    """The residual network of 20 layers for small images.

    A block computes relu(f(x) + x), with f two 3x3 convolutions and their norms; n = 3 blocks in each of three stages
    of 16, 32 and 64 channels stand between a 3x3 stem and mean pooling with a linear head [1]: 6n + 2 layers.

    With `block=bottleneck`, f is a 1x1, a 3x3 and a 1x1 convolution, the last four times as wide; n stays, as in [2],
    where ResNet110 becomes ResNet164, so there are 9n + 2 layers (29, 47, 65, 83, 164) and 256 features.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 64], or [B, 256] of bottlenecks.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
        [2] K. He, X. Zhang, S. Ren, J. Sun, Identity Mappings in Deep Residual Networks, ECCV 2016, arXiv:1603.05027

    >>> net = ResNet20(num_classes=10, shortcut="pad")
    >>> sum(parameter.numel() for parameter in net.parameters())
    269722
    """

    blocks = 3


class ResNet32(_ResNet):
    """`ResNet20` with n = 5 blocks a stage: 32 layers, or 47 of bottlenecks."""

    blocks = 5


class ResNet44(_ResNet):
    """`ResNet20` with n = 7 blocks a stage: 44 layers, or 65 of bottlenecks."""

    blocks = 7


class ResNet56(_ResNet):
    """`ResNet20` with n = 9 blocks a stage: 56 layers, or 83 of bottlenecks."""

    blocks = 9


class ResNet110(_ResNet):
    """`ResNet20` with n = 18 blocks a stage: 110 layers, or 164 of bottlenecks."""

    blocks = 18
