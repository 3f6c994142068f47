"""Random draws that mixing strategies share. Every draw takes a CPU generator; move the result."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from imbalearn_torch.errors import OptionError

__all__ = ["sample_beta", "sample_boxes"]


def sample_beta(alpha: float, beta: float, size: int, generator: torch.Generator) -> Tensor:
    """Draws from Beta(alpha, beta), as the ratio of two Gamma draws.

    Args:
        alpha: First shape parameter, > 0 and finite.
        beta: Second shape parameter, > 0 and finite.
        size: How many, B.
        generator: A CPU generator.

    Returns:
        float32 `[B]` in [0, 1].
    """
    if not 0 < alpha < math.inf or not 0 < beta < math.inf:
        raise OptionError(
            f"Expected the parameters of a Beta distribution to be > 0 and finite, but got {alpha} and {beta}"
        )
    # float64: for alpha = 0.01 a float32 Gamma draw underflows to 0 and the ratio to 0/0.
    shape = torch.tensor([[alpha], [beta]], dtype=torch.float64).expand(2, size)
    first, second = torch._standard_gamma(shape, generator=generator).numpy()  # pyright: ignore[reportPrivateImportUsage]
    # torch clamps a draw that underflows to a tiny number instead of 0.
    # Where both underflow all the same, one of them is larger with probability alpha / (alpha + beta): a coin.
    coin = torch.rand(size, dtype=torch.float64, generator=generator).numpy() < alpha / (alpha + beta)
    # numpy: for a batch of draws an operation of torch takes twice as long to call as to do.
    total = first + second
    share = np.where(total > 1e-290, first / total, coin)
    return torch.from_numpy(share.astype(np.float32))


def sample_boxes(share: Tensor, height: int, width: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Boxes with uniform centres, clipped at the border, as CutMix draws them (Yun 2019, arXiv:1905.04899).

    Args:
        share: The share of the area that each box covers before clipping, `[B]` in [0, 1].
        height: H, pixels.
        width: W, pixels.
        generator: A CPU generator.

    Returns:
        int64 `[B, 4]`: top, bottom, left, right, the ends exclusive; and the share of the image that each box
        really covers after clipping, float32 `[B]`.
    """
    wanted = share.detach().to(device="cpu", dtype=torch.float64).clamp(0.0, 1.0)
    size = np.array([[height], [width]])
    half = (np.sqrt(wanted.numpy()) * size).astype(np.int64) >> 1
    middle = torch.rand(2, len(wanted), dtype=torch.float64, generator=generator).numpy() * size
    middle = middle.astype(np.int64)
    boxes = np.empty((len(wanted), 2, 2), dtype=np.int64)
    low, high = boxes.T
    np.maximum(middle - half, 0, out=low)
    np.minimum(middle + half, size, out=high)
    sides = high - low
    area = sides[0] * sides[1] / (height * width)
    return torch.from_numpy(boxes.reshape(-1, 4)), torch.from_numpy(area.astype(np.float32))
