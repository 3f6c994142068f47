"""The classifier of a backbone, which timm's protocol names."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["classifier_names"]


def classifier_names(backbone: Any) -> frozenset[str]:
    """The names of the parameters of `backbone.get_classifier()`; none where there is no classifier.

    Args:
        backbone: A module; a distilled transformer of timm has a tuple of two classifiers.
    """
    found = backbone.get_classifier() if hasattr(backbone, "get_classifier") else ()
    heads: tuple[nn.Module, ...] = found if isinstance(found, tuple) else (found,)
    inside = {id(parameter) for head in heads for parameter in head.parameters()}
    return frozenset(name for name, parameter in backbone.named_parameters() if id(parameter) in inside)
