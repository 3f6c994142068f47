"""A small network in the manner of VGG, with a choice of heads."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.images import check_images, image_sides
from imbalearn_builtins.backbones.layers import conv_stage
from imbalearn_builtins.backbones.linear_head import LinearHead
from imbalearn_torch import errors

__all__ = ["VggLike"]

_WIDTHS = (32, 64, 128)
_FEATURES = 128


class VggLike(LinearHead):
    """Three stages of two 3x3 convolutions with 32, 64 and 128 channels, each stage max-pooled, in the manner of [1].

    With `head_pool=flatten` the last map goes through a fully connected layer of 128 units with ReLU; with "average"
    its means are the features. Dropout, where there is any, stands before the classifier.

    Shapes: images [B, C, H, W] -> logits [B, K]; features [B, 128].

    Args:
        num_classes: K.
        in_channels: C.
        image_size: (H, W), or one number for squares; needed for `head_pool=flatten`, which works with this size only.
        head_pool: "flatten" or "average".
        dropout: Share of the features that is set to zero in training, in [0, 1).
        norm: "batch", or "group" for eight groups (for small batches).
        pretrained: The path of a safetensors or torch file. A head of another K stays fresh, with a warning.
        freeze: "all-but-head" trains the classifier and keeps batch norm's statistics; "all-but-head-and-norm" also
            trains the norm layers.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    References:
        [1] K. Simonyan, A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015,
            arXiv:1409.1556

    >>> net = VggLike(num_classes=10, image_size=32)
    >>> sum(parameter.numel() for parameter in net.parameters())
    551018
    """

    def __init__(
        self,
        *,
        num_classes: int,
        in_channels: int = 3,
        image_size: int | tuple[int, int] | None = None,
        head_pool: Literal["flatten", "average"] = "flatten",
        dropout: float = 0.0,
        norm: Literal["batch", "group"] = "batch",
        pretrained: bool | Path = False,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"] = "none",
    ) -> None:
        super().__init__()
        check_choice("head_pool", head_pool, ("flatten", "average"))
        check_choice("norm", norm, ("batch", "group"))
        check_images(num_classes, in_channels)
        if not 0 <= dropout < 1:
            raise errors.OptionError(f"Expected `dropout` to be in [0, 1), but got {dropout}")
        self._dropout = dropout
        inside = in_channels
        for number, width in enumerate(_WIDTHS, start=1):
            self.add_module(f"layer{number}", conv_stage(inside, (width, width), norm))
            inside = width
        self.hidden = _hidden(image_size) if head_pool == "flatten" else None
        self.linear = nn.Linear(_FEATURES, num_classes)
        self.start(pretrained, freeze)

    def pool(self, maps: Tensor) -> Tensor:
        features = maps.mean(dim=(2, 3)) if self.hidden is None else F.relu(self.hidden(maps.flatten(1)), inplace=True)
        return F.dropout(features, self._dropout, training=self.training)


def _hidden(image_size: int | tuple[int, int] | None) -> nn.Linear:
    sides = image_sides(image_size)
    if sides is None:
        raise errors.OptionError("Expected `image_size` with head_pool=flatten, which works with one size only")
    pixels = 1
    for side in sides:
        pixels *= -(-side // 2 ** len(_WIDTHS))
    return nn.Linear(_WIDTHS[-1] * pixels, _FEATURES)
