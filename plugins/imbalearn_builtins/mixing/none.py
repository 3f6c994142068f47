"""No mixing."""

from __future__ import annotations

import torch

from imbalearn_torch import Batch, Mixed

__all__ = ["NoMix"]


class NoMix:
    """Leaves the images as they are: lam = 1.

    Shapes: images `[B, ...]`, returned themselves, not copied; targets int64 `[B]`; lam float32 `[B]`.

    >>> batch = Batch(torch.zeros(2, 3), torch.tensor([0, 1]))
    >>> NoMix()(batch, batch, torch.Generator()).lam
    tensor([1., 1.])
    """

    partner = "batch"

    def __init__(self) -> None:
        """Without options; written down so that they can be read from the source."""

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        lam = torch.ones(a.images.shape[0], device=a.images.device)
        return Mixed(a.images, a.targets, b.targets, lam)
