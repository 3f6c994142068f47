"""Gaussian clouded logit adjustment."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.levels import LEVELS, random_levels
from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import check_reduction, widen
from imbalearn_builtins.ranges import check_non_negative, check_positive

__all__ = ["GCLLoss"]


class GCLLoss(nn.Module):
    """Cross-entropy of scaled cosines that are lowered at random, the further the rarer the class.

        L = CE(s (z_c - noise |e_ic| d_c - m onehot_c), y),    e_ic = clamp(N(0, 1/3), -1, 1)
        d_c = (log n_max - log n_c) / (log n_max - log n_min), 0 where all counts are equal

    A class without images counts as the rarest present one. The noise, drawn anew for each entry from torch's default
    generator of the logits' device, and exact to 16 bits, is left out at prediction. Lowering rare classes in training
    only favours them at prediction, but by no share of the log prior that could be named in advance: `corrects_prior`
    is not set, and a logit adjustment on top corrects again.

    Shapes: cosines `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`.
        reduction: "none", "mean" or "sum".
        s: The factor that makes logits of cosines, > 0.
        m: The margin at the label, as a difference of cosines, >= 0.
        noise: The largest noise, that of the rarest class, as a difference of cosines, >= 0.

    Raises:
        OptionError: An argument is outside its range.
        DataError: Counts are no vector of numbers >= 0.

    References:
        [1] Li, Cheung, Lu. Long-Tailed Visual Recognition via Gaussian Clouded Logit Adjustment. CVPR 2022,
            arXiv:2305.11733.

    >>> import torch
    >>> loss = GCLLoss(class_counts=torch.tensor([9, 1]), s=2.0, m=0.5, noise=0.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # log(1 + e)
    1.3133
    """

    head = "cosine"
    rarity: Tensor
    quantiles: Tensor

    def __init__(
        self, *, class_counts: Tensor, reduction: str = "mean", s: float = 30.0, m: float = 0.0, noise: float = 0.5
    ) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.scale = check_positive("s", s)
        self.m, self.noise = check_non_negative("m", m), check_non_negative("noise", noise)
        log_pi = log_prior(class_counts)
        rarity = log_pi.max() - log_pi
        self.register_buffer("rarity", rarity / rarity.max() if bool(rarity.max() > 0) else rarity)
        # |N(0, 1/3)| at the middle of each of LEVELS equally likely intervals.
        middles = (torch.arange(LEVELS, dtype=torch.float64) + 0.5) / LEVELS
        self.register_buffer("quantiles", (torch.erfinv(middles) * math.sqrt(2) / 3).clamp_max_(1), persistent=False)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        log_p = adjusted_log_softmax(widen(logits), lambda z: self._adjusted(z, targets[:, None]), self.scale)
        return F.nll_loss(log_p, targets, reduction=self.reduction)

    def _adjusted(self, cosines: Tensor, labels: Tensor) -> Tensor:
        if self.noise:
            heights = (-self.scale * self.noise) * self.rarity.to(cosines.dtype)
            adjusted = self._clouds(cosines).mul_(heights).add_(cosines, alpha=self.scale)
        else:
            adjusted = torch.mul(cosines, self.scale)
        return adjusted.scatter_(1, labels, -self.scale * self.m, reduce="add") if self.m else adjusted

    def _clouds(self, like: Tensor) -> Tensor:
        """|clamp(N(0, 1/3), -1, 1)| in the shape of `like`."""
        levels = random_levels(like).flatten().to(torch.int32)
        return self.quantiles.to(like.dtype).index_select(0, levels).view(like.shape)
