"""The family of CIFAR ResNets of depth 6n + 2, with and without shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.backbones.cifar_blocks import BasicBlock, Shortcut, conv3x3, norm_layer
from imbalearn_builtins.backbones.freezing import freeze_parameters
from imbalearn_builtins.backbones.images import check_images
from imbalearn_builtins.backbones.pretrained import load_tensors, read_tensors
from imbalearn_torch import errors

__all__ = ["CifarResNet"]

_WIDTHS = (16, 32, 64)
# The names other projects give to the same parts; ours are those of the most widely shared CIFAR checkpoints.
_RENAMED = {"downsample": "shortcut", "fc": "linear", "classifier": "linear", "head": "linear"}


class CifarResNet(nn.Module):
    """A 3x3 stem, three stages of n basic blocks with 16, 32 and 64 channels, mean pooling, a linear head.

    The second and third stage halve height and width. Convolutions start as He [2] draws them (fan out), the head as
    `nn.Linear` does.

    Shapes: images [B, C, H, W] of any size -> logits [B, K]; features [B, 64].

    Args:
        depth: 6n + 2.
        num_classes: K.
        in_channels: C.
        shortcut: "projection", "pad", or "none" for the plain net.
        norm: Batch norm, or group norm.
        pretrained: The path of a weights file; there are no published weights for `true` to load.
        freeze: What is not trained.

    Raises:
        OptionError: A value cannot be used, or the weights do not fit.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385
        [2] K. He, X. Zhang, S. Ren, J. Sun, Delving Deep into Rectifiers, ICCV 2015, arXiv:1502.01852
    """

    def __init__(
        self,
        *,
        depth: int,
        num_classes: int,
        in_channels: int,
        shortcut: Shortcut,
        norm: Literal["batch", "group"],
        pretrained: bool | Path,
        freeze: Literal["none", "all-but-head", "all-but-head-and-norm"],
    ) -> None:
        super().__init__()
        _check(depth, shortcut, norm, pretrained)
        check_images(num_classes, in_channels)
        self._projects = shortcut == "projection"
        self.conv1 = conv3x3(in_channels, _WIDTHS[0])
        self.bn1 = norm_layer(norm, _WIDTHS[0])
        stages, inside = [], _WIDTHS[0]
        for outside in _WIDTHS:
            shapes = [(inside, outside, outside // inside), *[(outside, outside, 1)] * ((depth - 2) // 6 - 1)]
            stages.append(nn.Sequential(*(BasicBlock(*shape, shortcut=shortcut, norm=norm) for shape in shapes)))
            inside = outside
        self.layer1, self.layer2, self.layer3 = stages
        self.linear = nn.Linear(inside, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if not isinstance(pretrained, bool):
            self._load(pretrained)
        freeze_parameters(self, freeze)

    @property
    def stages(self) -> tuple[nn.Module, ...]:
        """The three stages, whose activations hidden mixing mixes."""
        return self.layer1, self.layer2, self.layer3

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """The last feature map, [B, 64, H', W']."""
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return self.layer3(self.layer2(self.layer1(x)))

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Logits [B, K] of a feature map, or the features [B, 64] that the classifier is given."""
        features = x.mean(dim=(2, 3))
        return features if pre_logits else self.linear(features)

    def get_classifier(self) -> nn.Linear:
        """The head."""
        return self.linear

    def reset_classifier(self, num_classes: int) -> None:
        """Start the head anew, for K = `num_classes`."""
        check_images(num_classes, self.conv1.in_channels)
        old = self.linear
        self.linear = nn.Linear(old.in_features, num_classes, device=old.weight.device, dtype=old.weight.dtype)

    def _load(self, path: Path) -> None:
        tensors = {_renamed(name): tensor for name, tensor in read_tensors(path).items()}
        self._check_shortcut(tensors, path)
        load_tensors(self, tensors, path)

    def _check_shortcut(self, tensors: Mapping[str, Tensor], source: Path) -> None:
        """Say so in terms of the option where the kind of shortcut alone can explain that the weights do not fit."""
        if self.layer2[0].shortcut is None or not any(name.endswith("layer2.0.conv1.weight") for name in tensors):
            return
        projects = any(".shortcut." in name for name in tensors)
        if projects != self._projects:
            names = {True: "projection", False: "pad"}
            raise errors.OptionError(
                f"Expected `shortcut` to be {names[projects]}, as in {str(source)!r}, but got {names[self._projects]}"
            )


def _check(depth: int, shortcut: str, norm: str, pretrained: bool | Path) -> None:
    if depth < 8 or depth % 6 != 2:
        raise errors.OptionError(f"Expected `depth` to be 6n + 2 (8, 14, 20, ...), but got {depth}")
    for name, value, known in (
        ("shortcut", shortcut, ("projection", "pad", "none")),
        ("norm", norm, ("batch", "group")),
    ):
        if value not in known:
            raise errors.OptionError(f"Expected `{name}` to be one of {', '.join(known)}, but got {value!r}")
    if pretrained is True:
        raise errors.OptionError(
            "Expected `pretrained` to be the path of a weights file, but got true; no weights are published with this"
            " backbone, so give pretrained=PATH"
        )


def _renamed(name: str) -> str:
    return ".".join(_RENAMED.get(part, part) for part in name.split("."))
