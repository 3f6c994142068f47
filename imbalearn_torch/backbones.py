"""The built-in backbones as plain torch modules: `from imbalearn_torch.backbones import ResNet20`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.backbones.plainnet20 import PlainNet20
    from imbalearn_builtins.backbones.resnet20 import ResNet20
    from imbalearn_builtins.backbones.timm_model import timm_model

__all__ = ["PlainNet20", "ResNet20", "timm_model"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "PlainNet20": "imbalearn_builtins.backbones.plainnet20",
        "ResNet20": "imbalearn_builtins.backbones.resnet20",
        "timm_model": "imbalearn_builtins.backbones.timm_model",
    },
)
