"""torchvision's published weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from imbalearn_builtins.backbones.downloads import answers
from imbalearn_torch import errors

__all__ = ["published_weights"]


def published_weights(model: str, *, download: bool) -> Any:
    """torchvision's record of a model's default weights.

    Args:
        model: A name that torchvision knows.
        download: Whether they are wanted, and must be cached or within reach.

    Raises:
        OptionError: They cannot be had.
    """
    import torchvision.models

    known: Any = torchvision.models.get_model_weights(model)
    weights = known.DEFAULT
    cached = Path(torch.hub.get_dir(), "checkpoints", Path(weights.url).name)
    if download and not cached.is_file() and not answers(weights.url):
        raise errors.OptionError(
            f"The weights of {model!r} are downloaded from {weights.url}, which cannot be reached; go online once, or"
            " give pretrained=PATH"
        )
    return weights
