"""The layers that the networks for small images share."""

from __future__ import annotations

from typing import Literal

from torch import nn

__all__ = ["conv3x3", "conv_stage", "norm_layer"]

# Of 16, 32 and 64 channels these are groups of 2, 4 and 8: a group of one channel would leave nothing of a 1x1 map.
_GROUPS = 8


def conv3x3(inside: int, outside: int, stride: int = 1) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size at stride 1; a norm layer follows, so it has no bias."""
    return nn.Conv2d(inside, outside, kernel_size=3, stride=stride, padding=1, bias=False)


def norm_layer(norm: Literal["batch", "group"], channels: int) -> nn.Module:
    """Batch norm, or group norm of eight groups (Wu and He 2018, arXiv:1803.08494)."""
    return nn.BatchNorm2d(channels) if norm == "batch" else nn.GroupNorm(_GROUPS, channels)


def conv_stage(inside: int, widths: tuple[int, ...], norm: Literal["batch", "group"]) -> nn.Sequential:
    """A 3x3 convolution, norm and ReLU for each width, then max-pooling that halves height and width, rounded up."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [conv3x3(inside, width), norm_layer(norm, width), nn.ReLU(inplace=True)]
        inside = width
    # Rounded up, so that a map of one pixel stays one.
    return nn.Sequential(*layers, nn.MaxPool2d(2, ceil_mode=True))
