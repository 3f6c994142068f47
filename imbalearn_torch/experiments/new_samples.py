"""What a sampler that makes new samples returned, looked at before it is trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import ComponentError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["checked_samples"]


def checked_samples(made: Any, inputs: Tensor, classes: int, name: str) -> tuple[Tensor, Tensor]:
    """What `fit_resample` of a sampler, by anybody, returned.

    Raises:
        ComponentError: It is not what the contract asks for.
    """
    import torch
    from torch import Tensor

    who = f"`fit_resample` of {name}"
    if not isinstance(made, tuple) or len(made) != 2 or not all(isinstance(each, Tensor) for each in made):
        raise ComponentError(f"Expected {who} to return two tensors, inputs and targets, but got {made!r:.80}")
    samples, targets = made
    if samples.shape[1:] != inputs.shape[1:] or samples.dtype != inputs.dtype or samples.device.type != "cpu":
        raise ComponentError(
            f"Expected {who} to keep {list(inputs.shape[1:])} {inputs.dtype} on the CPU, but got "
            f"{list(samples.shape[1:])} {samples.dtype} on {samples.device}"
        )
    if targets.shape != samples.shape[:1] or targets.is_floating_point() or not targets.numel():
        raise ComponentError(
            f"Expected {who} to give one whole label a sample, and at least one, but got {len(samples)} samples and "
            f"labels {list(targets.shape)} {targets.dtype}"
        )
    if int(targets.min()) < 0 or int(targets.max()) >= classes:
        raise ComponentError(
            f"Expected {who} to give labels in 0..{classes - 1}, but got {int(targets.min())}..{int(targets.max())}"
        )
    return samples.contiguous(), targets.to(torch.int64)
