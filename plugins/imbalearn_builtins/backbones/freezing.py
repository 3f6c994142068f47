"""`freeze=`: which parameters of a backbone are trained."""

from __future__ import annotations

import re
from types import MethodType
from typing import Literal

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.classifier import classifier_names
from imbalearn_torch import errors

__all__ = ["freeze_parameters"]

_FREEZES = ("none", "all-but-head", "all-but-head-and-norm")
_NORMS = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
_NORM_NAME = re.compile(r"Norm(Act)?(2d)?(Fp32)?$")  # timm has norm layers that descend from nn.Module alone


def freeze_parameters(backbone: nn.Module, freeze: Literal["none", "all-but-head", "all-but-head-and-norm"]) -> None:
    """Take everything out of training but the classifier, or the classifier and the norm layers' scales and shifts.

    Under "all-but-head" batch norm keeps the statistics it has: its layers stay in eval mode whatever `train()` says.

    Args:
        backbone: A module with timm's `get_classifier`; changed in place.
        freeze: What is frozen.

    Raises:
        OptionError: `freeze` is none of these, or the backbone has no classifier.
    """
    check_choice("freeze", freeze, _FREEZES)
    if freeze == "none":
        return
    trained = classifier_names(backbone)
    if not trained:
        raise errors.OptionError(
            f"Expected a backbone with a classifier for freeze={freeze}, but {type(backbone).__name__} has none"
        )
    if freeze == "all-but-head-and-norm":
        trained |= _norm_names(backbone)
    for name, parameter in backbone.named_parameters():
        parameter.requires_grad_(name in trained)
    if freeze == "all-but-head":
        for module in backbone.modules():
            if isinstance(module, _NormBase):
                # Bound to the instance: a deep copy, as weight averaging makes one, is then bound to the copy.
                module.train = MethodType(_stay_in_eval, module)
                module.eval()


def _norm_names(backbone: nn.Module) -> frozenset[str]:
    return frozenset(
        f"{prefix}.{name}" if prefix else name
        for prefix, module in backbone.named_modules()
        if isinstance(module, _NORMS) or _NORM_NAME.search(type(module).__name__)
        for name, _ in module.named_parameters(recurse=False)
    )


def _stay_in_eval(module: nn.Module, mode: bool = True) -> nn.Module:
    return nn.Module.train(module, False)
