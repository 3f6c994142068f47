"""The residual blocks of the CIFAR ResNets and their shortcuts."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.backbones.layers import conv3x3, norm_layer

__all__ = ["BasicBlock", "Bottleneck", "PadShortcut", "Shortcut"]

Shortcut = Literal["projection", "pad", "none"]


class PadShortcut(nn.Module):
    """The shortcut without parameters: every `stride`-th pixel, with zero channels added on both sides (option A).

    Args:
        inside: Channels of the input.
        outside: Channels of the output.
        stride: Of the block.
    """

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        below = (outside - inside) // 2
        self.padding = (0, 0, 0, 0, below, outside - inside - below)

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], self.padding)


def _shortcut(
    shortcut: Shortcut, norm: Literal["batch", "group"], inside: int, outside: int, stride: int
) -> nn.Module | None:
    if shortcut == "none":
        return None
    if inside == outside and stride == 1:
        return nn.Identity()
    if shortcut == "pad":
        return PadShortcut(inside, outside, stride)
    projection = nn.Conv2d(inside, outside, kernel_size=1, stride=stride, bias=False)
    return nn.Sequential(projection, norm_layer(norm, outside))


def _joined(inner: Tensor, x: Tensor, shortcut: nn.Module | None) -> Tensor:
    if shortcut is not None:
        inner += shortcut(x)
    return F.relu(inner, inplace=True)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with norm, and a shortcut around them: relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)).

    Args:
        inside: Channels of the input.
        width: Channels of the output.
        stride: Of the first convolution.
        shortcut: Where the shape changes: a 1x1 convolution with norm ("projection") or zero channels ("pad"); "none"
            leaves out the shortcut everywhere.
        norm: Batch or group norm.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
    """

    expansion = 1

    def __init__(
        self, inside: int, width: int, stride: int, *, shortcut: Shortcut, norm: Literal["batch", "group"]
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(inside, width, stride)
        self.bn1 = norm_layer(norm, width)
        self.conv2 = conv3x3(width, width)
        self.bn2 = norm_layer(norm, width)
        self.shortcut = _shortcut(shortcut, norm, inside, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return _joined(self.bn2(self.conv2(inner)), x, self.shortcut)


class Bottleneck(nn.Module):
    """A 1x1, a 3x3 and a 1x1 convolution with norms, the last four times as wide, and a shortcut around them.

    Args:
        inside: Channels of the input.
        width: Channels of the 3x3 convolution; the output has four times as many.
        stride: Of the 3x3 convolution.
        shortcut: As in `BasicBlock`.
        norm: Batch or group norm.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
    """

    expansion = 4

    def __init__(
        self, inside: int, width: int, stride: int, *, shortcut: Shortcut, norm: Literal["batch", "group"]
    ) -> None:
        super().__init__()
        outside = width * self.expansion
        self.conv1 = nn.Conv2d(inside, width, kernel_size=1, bias=False)
        self.bn1 = norm_layer(norm, width)
        self.conv2 = conv3x3(width, width, stride)
        self.bn2 = norm_layer(norm, width)
        self.conv3 = nn.Conv2d(width, outside, kernel_size=1, bias=False)
        self.bn3 = norm_layer(norm, outside)
        self.shortcut = _shortcut(shortcut, norm, inside, outside, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)), inplace=True)
        inner = F.relu(self.bn2(self.conv2(inner)), inplace=True)
        return _joined(self.bn3(self.conv3(inner)), x, self.shortcut)
