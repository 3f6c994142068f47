"""The backbones as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["BACKBONES"]

_HOME = "imbalearn_builtins.backbones"
_DEPTHS = (20, 32, 44, 56, 110)
_HE = "He 2016, arXiv:1512.03385"

BACKBONES = (
    *(
        Component(
            name=f"resnet{depth}",
            factory=f"{_HOME}.resnet:ResNet{depth}",
            summary=f"The CIFAR ResNet of {depth} layers.",
            reference=_HE,
        )
        for depth in _DEPTHS
    ),
    *(
        Component(
            name=f"plainnet{depth}",
            factory=f"{_HOME}.plainnet:PlainNet{depth}",
            summary=f"ResNet{depth} without its shortcuts.",
            reference=_HE,
        )
        for depth in _DEPTHS
    ),
    Component(
        name="resnet18-cifar",
        factory=f"{_HOME}.resnet18_cifar:ResNet18Cifar",
        summary="ResNet18 with a 3x3 stem and no max-pooling.",
        reference=_HE,
    ),
    Component(
        name="small-cnn",
        factory=f"{_HOME}.small_cnn:SmallCnn",
        summary="Three convolutions with norm, and mean pooling.",
    ),
    Component(
        name="vgg-like",
        factory=f"{_HOME}.vgg_like:VggLike",
        summary="Three stages of two convolutions, with a choice of heads.",
        reference="Simonyan 2015, arXiv:1409.1556",
    ),
    Component(
        name="timm",
        factory=f"{_HOME}.timm_model:timm_model",
        summary="Any model of timm, by name.",
        reference="Wightman 2019, github.com/huggingface/pytorch-image-models",
    ),
    Component(
        name="torchvision",
        factory=f"{_HOME}.torchvision_model:torchvision_model",
        summary="Any classification model of torchvision, by name.",
        reference="TorchVision 2016, github.com/pytorch/vision",
    ),
)
