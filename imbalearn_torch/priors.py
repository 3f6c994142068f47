"""Class priors: the one policy for classes without images."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["normalised_prior"]


def normalised_prior(mass: Tensor) -> Tensor:
    """A distribution over classes in which an absent class has the smallest prior of a present one.

    Args:
        mass: Counts or probabilities, >= 0, `[K]`.

    Returns:
        float64 `[K]`, all > 0, summing to 1; uniform where nothing is present.
    """
    import torch

    prior = mass.detach().to(device="cpu", dtype=torch.float64)
    present = prior > 0
    if not bool(present.any()):
        return torch.full_like(prior, 1.0 / max(1, prior.numel()))
    prior = torch.where(present, prior, prior[present].min())
    return prior / prior.sum()
