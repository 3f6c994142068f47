"""The residual block of the CIFAR ResNets, its shortcuts and its norm layers."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["BasicBlock", "PadShortcut", "Shortcut", "conv3x3", "norm_layer"]

Shortcut = Literal["projection", "pad", "none"]

# Of 16, 32 and 64 channels these are groups of 2, 4 and 8: a group of one channel would leave nothing of a 1x1 map.
_GROUPS = 8


def conv3x3(inside: int, outside: int, stride: int = 1) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size at stride 1; a norm layer follows, so it has no bias."""
    return nn.Conv2d(inside, outside, kernel_size=3, stride=stride, padding=1, bias=False)


def norm_layer(norm: Literal["batch", "group"], channels: int) -> nn.Module:
    """Batch norm, or group norm of eight groups (Wu and He 2018, arXiv:1803.08494)."""
    return nn.BatchNorm2d(channels) if norm == "batch" else nn.GroupNorm(_GROUPS, channels)


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


def _shortcut(shortcut: Shortcut, norm: Literal["batch", "group"], inside: int, outside: int, stride: int) -> nn.Module:
    if inside == outside and stride == 1:
        return nn.Identity()
    if shortcut == "pad":
        return PadShortcut(inside, outside, stride)
    projection = nn.Conv2d(inside, outside, kernel_size=1, stride=stride, bias=False)
    return nn.Sequential(projection, norm_layer(norm, outside))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with norm, and a shortcut around them: relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)).

    Args:
        inside: Channels of the input.
        outside: Channels of the output.
        stride: Of the first convolution.
        shortcut: Where the shape changes: a 1x1 convolution with norm ("projection") or zero channels ("pad"); "none"
            leaves out the shortcut everywhere.
        norm: Batch or group norm.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
    """

    def __init__(
        self, inside: int, outside: int, stride: int, *, shortcut: Shortcut, norm: Literal["batch", "group"]
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(inside, outside, stride)
        self.bn1 = norm_layer(norm, outside)
        self.conv2 = conv3x3(outside, outside)
        self.bn2 = norm_layer(norm, outside)
        self.shortcut = None if shortcut == "none" else _shortcut(shortcut, norm, inside, outside, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)), inplace=True)
        inner = self.bn2(self.conv2(inner))
        if self.shortcut is not None:
            inner += self.shortcut(x)
        return F.relu(inner, inplace=True)
