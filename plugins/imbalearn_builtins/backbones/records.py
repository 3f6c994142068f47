"""The backbones as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["BACKBONES"]

_HOME = "imbalearn_builtins.backbones"

BACKBONES = (
    Component(
        name="resnet20",
        factory=f"{_HOME}.resnet20:ResNet20",
        summary="The CIFAR ResNet of 20 layers.",
        reference="He 2016, arXiv:1512.03385",
    ),
    Component(
        name="plainnet20",
        factory=f"{_HOME}.plainnet20:PlainNet20",
        summary="ResNet20 without its shortcuts.",
        reference="He 2016, arXiv:1512.03385",
    ),
    Component(
        name="timm",
        factory=f"{_HOME}.timm_model:timm_model",
        summary="Any model of timm, by name.",
        reference="Wightman 2019, github.com/huggingface/pytorch-image-models",
    ),
)
