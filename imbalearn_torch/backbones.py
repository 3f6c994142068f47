"""The built-in backbones as plain torch modules: `from imbalearn_torch.backbones import ResNet20`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.backbones.plainnet import PlainNet20, PlainNet32, PlainNet44, PlainNet56, PlainNet110
    from imbalearn_builtins.backbones.resnet import ResNet20, ResNet32, ResNet44, ResNet56, ResNet110
    from imbalearn_builtins.backbones.resnet18_cifar import ResNet18Cifar
    from imbalearn_builtins.backbones.small_cnn import SmallCnn
    from imbalearn_builtins.backbones.timm_model import timm_model
    from imbalearn_builtins.backbones.torchvision_model import torchvision_model
    from imbalearn_builtins.backbones.vgg_like import VggLike

__all__ = [  # noqa: RUF022 - in plain order, as `dir` has them
    "PlainNet110",
    "PlainNet20",
    "PlainNet32",
    "PlainNet44",
    "PlainNet56",
    "ResNet110",
    "ResNet18Cifar",
    "ResNet20",
    "ResNet32",
    "ResNet44",
    "ResNet56",
    "SmallCnn",
    "VggLike",
    "timm_model",
    "torchvision_model",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "PlainNet110": "imbalearn_builtins.backbones.plainnet",
        "PlainNet20": "imbalearn_builtins.backbones.plainnet",
        "PlainNet32": "imbalearn_builtins.backbones.plainnet",
        "PlainNet44": "imbalearn_builtins.backbones.plainnet",
        "PlainNet56": "imbalearn_builtins.backbones.plainnet",
        "ResNet110": "imbalearn_builtins.backbones.resnet",
        "ResNet18Cifar": "imbalearn_builtins.backbones.resnet18_cifar",
        "ResNet20": "imbalearn_builtins.backbones.resnet",
        "ResNet32": "imbalearn_builtins.backbones.resnet",
        "ResNet44": "imbalearn_builtins.backbones.resnet",
        "ResNet56": "imbalearn_builtins.backbones.resnet",
        "SmallCnn": "imbalearn_builtins.backbones.small_cnn",
        "VggLike": "imbalearn_builtins.backbones.vgg_like",
        "timm_model": "imbalearn_builtins.backbones.timm_model",
        "torchvision_model": "imbalearn_builtins.backbones.torchvision_model",
    },
)
