"""The classifier of a backbone, which timm's protocol names."""

from __future__ import annotations

from typing import Any

from torch import nn

from imbalearn_torch import errors

__all__ = ["classifier_names"]


def classifier_names(backbone: Any) -> frozenset[str]:
    """The names of the parameters of `backbone.get_classifier()`.

    Args:
        backbone: A module with timm's `get_classifier`; a distilled transformer has a tuple of two.

    Raises:
        OptionError: It has no classifier with parameters.
    """
    found = backbone.get_classifier()
    heads: tuple[nn.Module, ...] = found if isinstance(found, tuple) else (found,)
    inside = {id(parameter) for head in heads for parameter in head.parameters()}
    names = frozenset(name for name, parameter in backbone.named_parameters() if id(parameter) in inside)
    if not names:
        raise errors.OptionError(f"Expected a backbone with a classifier, but {type(backbone).__name__} has none")
    return names
