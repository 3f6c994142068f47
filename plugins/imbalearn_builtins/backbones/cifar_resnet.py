"""The family of ResNets for small images, with and without shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.cifar_blocks import BasicBlock, Bottleneck, Shortcut
from imbalearn_builtins.backbones.images import check_images
from imbalearn_builtins.backbones.layers import conv3x3, norm_layer
from imbalearn_builtins.backbones.linear_head import LinearHead
from imbalearn_builtins.backbones.pretrained import load_tensors, read_tensors
from imbalearn_torch import errors

__all__ = ["CifarResNet"]

_BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}
# The names other projects give to the same parts; ours are those of the most widely shared CIFAR checkpoints.
_RENAMED = {"downsample": "shortcut", "fc": "linear", "classifier": "linear", "head": "linear"}


class CifarResNet(LinearHead):
    """A 3x3 stem, stages of n blocks each, mean pooling, a linear head.

    Every stage but the first halves height and width. Convolutions start as He draws them (fan out), the head as
    `nn.Linear` does.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, D], D the last width times the block's
    expansion.

    Args:
        blocks: n.
        widths: Channels inside the blocks of each stage; the stem has the first number.
        block: "basic" (two 3x3 convolutions) or "bottleneck" (1x1, 3x3, 1x1, four times as wide outside).
        num_classes: K.
        in_channels: C.
        shortcut: "projection", "pad", or "none" for the plain net.
        norm: Batch norm, or group norm.
        pretrained: The path of a weights file.
        freeze: What is not trained.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
    """

    def __init__(
        self,
        *,
        blocks: int,
        widths: tuple[int, ...] = (16, 32, 64),
        block: Literal["basic", "bottleneck"],
        num_classes: int,
        in_channels: int,
        shortcut: Shortcut,
        norm: Literal["batch", "group"],
        pretrained: bool | Path,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"],
    ) -> None:
        super().__init__()
        check_choice("block", block, tuple(_BLOCKS))
        check_choice("shortcut", shortcut, ("projection", "pad", "none"))
        check_choice("norm", norm, ("batch", "group"))
        check_images(num_classes, in_channels)
        self._shortcut = shortcut
        self.conv1 = conv3x3(in_channels, widths[0])
        self.bn1 = norm_layer(norm, widths[0])
        kind, inside = _BLOCKS[block], widths[0]
        for number, width in enumerate(widths, start=1):
            stage = nn.Sequential()
            for position in range(blocks):
                stride = 2 if number > 1 and position == 0 else 1
                stage.append(kind(inside, width, stride, shortcut=shortcut, norm=norm))
                inside = width * kind.expansion
            self.add_module(f"layer{number}", stage)
        self.linear = nn.Linear(inside, num_classes)
        self.start(pretrained, freeze)

    def stem(self, x: Tensor) -> Tensor:
        return F.relu(self.bn1(self.conv1(x)), inplace=True)

    def load_file(self, path: Path) -> None:
        tensors = {_renamed(name): tensor for name, tensor in read_tensors(path).items()}
        self._check_shortcut(tensors, path)
        load_tensors(self, tensors, path)

    def _check_shortcut(self, tensors: Mapping[str, Tensor], source: Path) -> None:
        """Say so in terms of the option where the kind of shortcut alone can explain that the weights do not fit."""
        if self._shortcut == "none" or not any(name.endswith("layer2.0.conv1.weight") for name in tensors):
            return
        stored = "projection" if any(".shortcut." in name for name in tensors) else "pad"
        if stored != self._shortcut:
            raise errors.OptionError(
                f"Expected `shortcut` to be {stored}, as in {str(source)!r}, but got {self._shortcut}"
            )


def _renamed(name: str) -> str:
    return ".".join(_RENAMED.get(part, part) for part in name.split("."))
