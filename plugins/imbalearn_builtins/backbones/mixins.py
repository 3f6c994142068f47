"""Methods for a model of another library, given to the model itself: a module around it would rename its weights."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch import errors

__all__ = ["ResizedInputs", "adopt", "resize_inputs"]


def adopt(model: Any, mixin: type) -> None:
    """Put the methods of `mixin` before those of the model's own class."""
    own = type(model)
    model.__class__ = type(own.__name__, (mixin, own), {"__module__": own.__module__})


class ResizedInputs(nn.Module):
    """Images are scaled to `resized_to` on their way in, in both of timm's ways in."""

    resized_to: tuple[int, int]

    def forward_features(self, x: Tensor, *more: Any, **named: Any) -> Tensor:
        """timm's models, and those with its protocol, call this in `forward`, some with masks besides."""
        parent: Any = super()
        # Antialiasing matters where images are made smaller, and changes nothing where they are made larger.
        resized = F.interpolate(x, self.resized_to, mode="bilinear", antialias=True, align_corners=False)
        return parent.forward_features(resized, *more, **named)


def resize_inputs(model: Any, resize: int | None) -> None:
    """Let a model with `forward_features` scale its images.

    Args:
        model: Changed in place.
        resize: Pixels a side; None: images stay as they are.

    Raises:
        OptionError: `resize` is < 1, or the model lacks timm's protocol.
    """
    if resize is None:
        return
    if resize < 1:
        raise errors.OptionError(f"Expected `resize` to be >= 1, but got {resize}")
    if not hasattr(model, "forward_features"):
        raise errors.OptionError(f"`resize` needs a model with forward_features, which {type(model).__name__} has not")
    adopt(model, ResizedInputs)
    model.resized_to = (resize, resize)
