"""Samples as the rows of a matrix, and back."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from imbalearn_imblearn.memory import refuse_beyond_memory
from imbalearn_torch import errors

__all__ = ["as_inputs", "as_rows"]

_COPIES = 12  # bytes a number: imbalanced-learn holds about three copies in float32


def as_rows(inputs: Tensor, method: str, new: int = 0) -> np.ndarray:
    """The samples as float32 `[N, D]`; pixels keep their scale of 0..255.

    Args:
        inputs: uint8 `[N, C, H, W]` or float32 `[N, D]`.
        method: For messages.
        new: Samples that will be made.

    Raises:
        DataError: Some numbers are NaN or infinite, or there is too little memory.
    """
    refuse_beyond_memory(method, _COPIES * math.prod(inputs.shape[1:]) * (len(inputs) + 2 * new))
    rows = inputs.reshape(len(inputs), -1)
    if rows.is_floating_point():
        wrong = int((~rows.isfinite()).any(dim=1).sum())
        if wrong:
            raise errors.DataError(
                f"Expected `{method}` to get finite numbers, but {wrong} of {len(rows)} samples hold NaN or infinity"
            )
    return rows.to(torch.float32).numpy()


def as_inputs(rows: np.ndarray, like: Tensor) -> Tensor:
    """Rows in the shape and type of the samples `like`: rounded and clipped where these are integers."""
    made = torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32)).reshape(-1, *like.shape[1:])
    if not like.is_floating_point():
        limits = torch.iinfo(like.dtype)
        made = made.round_().clamp_(limits.min, limits.max)
    return made.to(like.dtype)
