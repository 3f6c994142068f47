"""Random draws that mixing strategies share. Every draw takes a CPU generator; move the result."""

from __future__ import annotations

import math

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
    first, second = torch._standard_gamma(shape, generator=generator)  # pyright: ignore[reportPrivateImportUsage]
    total = first + second
    # torch clamps a draw that underflows to a tiny number instead of 0.
    # Where both underflow all the same, one of them is larger with probability alpha / (alpha + beta): a coin.
    coin = torch.rand(size, dtype=torch.float64, generator=generator) < alpha / (alpha + beta)
    drawn = total > 1e-290
    share = torch.where(drawn, first / total, coin.double())
    return share.float()


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
    share = share.detach().to(device="cpu", dtype=torch.float64)
    size = torch.tensor([[height], [width]])
    half = (share.clamp(0.0, 1.0).sqrt() * size).long() // 2
    middle = (torch.rand(2, share.numel(), dtype=torch.float64, generator=generator) * size).long()
    low, high = (middle - half).clamp_min_(0), torch.minimum(middle + half, size)
    area = (high - low).prod(dim=0)
    boxes = torch.stack([low, high], dim=1).permute(2, 0, 1).reshape(-1, 4).contiguous()
    return boxes, (area.double() / (height * width)).float()
