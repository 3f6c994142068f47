"""What every network here does around its stages: timm's protocol, weights, freezing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from torch import Tensor, nn

from imbalearn_builtins.backbones.freezing import freeze_parameters
from imbalearn_builtins.backbones.images import check_images
from imbalearn_builtins.backbones.pretrained import load_tensors, read_tensors
from imbalearn_torch import errors

__all__ = ["LinearHead"]


class LinearHead(nn.Module):
    """A network that ends in pooled features and one linear layer.

    A subclass sets `linear` and `stages`, may override `stem` and `pool`, and calls `start` last in `__init__`.

    References:
        [1] K. He, X. Zhang, S. Ren, J. Sun, Delving Deep into Rectifiers, ICCV 2015, arXiv:1502.01852
    """

    linear: nn.Linear

    @property
    def stages(self) -> tuple[nn.Module, ...]:
        """What is run one after the other, and whose activations hidden mixing mixes."""
        return tuple(module for name, module in self.named_children() if name.startswith("layer"))

    def start(self, pretrained: bool | Path, freeze: Literal["none", "all-but-head", "all-but-head-and-norm"]) -> None:
        """Draw the convolutions as He [1] does (fan out), load the weights there are, and freeze.

        Args:
            pretrained: The path of a weights file; there are no published weights for `true` to load.
            freeze: What is not trained.

        Raises:
            OptionError: The weights cannot be had or do not fit.
        """
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if pretrained is True:
            raise errors.OptionError(
                "Expected `pretrained` to be the path of a weights file, but got true; no weights are published with"
                " this backbone, so give pretrained=PATH"
            )
        if pretrained is not False:
            self.load_file(pretrained)
        freeze_parameters(self, freeze)

    def load_file(self, path: Path) -> None:
        """Take the weights of a file.

        Raises:
            OptionError: It cannot be read, or its tensors do not fit.
        """
        load_tensors(self, read_tensors(path), path)

    def stem(self, x: Tensor) -> Tensor:
        """What stands before the first stage."""
        return x

    def pool(self, maps: Tensor) -> Tensor:
        """A feature map [B, D, H', W'] -> the features [B, D] that the classifier is given."""
        return maps.mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """The last feature map."""
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return x

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Logits [B, K] of a feature map, or the features [B, D] that the classifier is given."""
        features = self.pool(x)
        return features if pre_logits else self.linear(features)

    def get_classifier(self) -> nn.Linear:
        """The head."""
        return self.linear

    def reset_classifier(self, num_classes: int) -> None:
        """Start the head anew, for K = `num_classes`."""
        check_images(num_classes, 1)
        old = self.linear
        self.linear = nn.Linear(old.in_features, num_classes, device=old.weight.device, dtype=old.weight.dtype)
