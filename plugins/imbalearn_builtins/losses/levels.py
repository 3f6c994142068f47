"""Cheap randomness for losses that draw for every logit."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LEVELS", "random_levels"]

LEVELS = 1 << 16


def random_levels(like: Tensor) -> Tensor:
    """Integers drawn uniformly from 0..LEVELS - 1, from torch's default generator of the device of `like`.

    Four of them come from each 64 random bits: `torch.rand` alone takes twice as long as cross-entropy forward and
    backward.

    Args:
        like: `[B, K]`; of it only shape and device are read.

    Returns:
        uint16 `[B, K]`.
    """
    words = torch.empty(-(-like.numel() // 4), dtype=torch.int64, device=like.device)
    words.random_(torch.iinfo(torch.int64).min, None)
    return words.view(torch.uint16)[: like.numel()].view(like.shape)
