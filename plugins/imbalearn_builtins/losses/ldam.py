"""Label-distribution-aware margin loss."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import check_reduction, widen
from imbalearn_builtins.ranges import check_non_negative, check_positive

__all__ = ["LDAMLoss"]


class LDAMLoss(nn.Module):
    """Cross-entropy of scaled cosines with a margin at the label, the wider the rarer the class.

        L = CE(s (z - m_y onehot_y), y),    m_c = max_m n_c^(-1/4) / max_k n_k^(-1/4)

    A class without images has the margin of the rarest present one. Margins ask rare classes to be further from the
    boundary, but they remove no share of the class prior from the predictor s z: `corrects_prior` is not set. The
    paper trains with it and deferred class weights, `--loss ldam --weights effective:beta=.9999,start=.8` (LDAM-DRW).

    Shapes: cosines `[B, K]` (half precision is widened to float32), targets int64 `[B]`; the result is `[B]` for
    reduction "none", a scalar otherwise.

    Args:
        class_counts: Images of each class, `[K]`.
        reduction: "none", "mean" or "sum".
        max_m: The margin of the rarest class, as a difference of cosines, >= 0.
        s: The factor that makes logits of cosines, > 0.

    Raises:
        OptionError: An argument is outside its range.
        DataError: Counts are no vector of numbers >= 0.

    References:
        [1] Cao, Wei, Gaidon, Arechiga, Ma. Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss.
            NeurIPS 2019, arXiv:1906.07413.

    >>> import torch
    >>> loss = LDAMLoss(class_counts=torch.tensor([16, 1]), max_m=0.5, s=2.0)
    >>> round(loss(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # m_0 = 1/4: log(1 + e^(1/2))
    0.9741
    """

    head = "cosine"
    margins: Tensor

    def __init__(self, *, class_counts: Tensor, reduction: str = "mean", max_m: float = 0.5, s: float = 30.0) -> None:
        super().__init__()
        self.reduction = check_reduction(reduction)
        self.scale = check_positive("s", s)
        log_pi = log_prior(class_counts)
        self.register_buffer("margins", check_non_negative("max_m", max_m) * ((log_pi.min() - log_pi) / 4).exp())

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        logits, labels = widen(logits), targets[:, None]
        margins = self.margins.to(logits.dtype)[labels]

        def adjust(cosines: Tensor) -> Tensor:
            return torch.mul(cosines, self.scale).scatter_add_(1, labels, -self.scale * margins)

        return F.nll_loss(adjusted_log_softmax(logits, adjust, self.scale), targets, reduction=self.reduction)
