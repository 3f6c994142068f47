"""Temperature scaling."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.adjusters.checks import require_validation
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs

__all__ = ["Temperature"]

_HOTTEST = 1e3
_ITERATIONS = 200
_EXACT = 1e-13


class Temperature:
    """Logits divided by the one number that makes the validation labels likeliest.

        z' = z / T,    T = argmin over T of mean cross-entropy(z / T, y) on validation data

    Predictions stay as they are; confidence becomes calibrated, so the prior that the predictor carries is the one it
    was trained with and `corrects_prior` is not set. T is at most 1000. Where every validation image is predicted
    rightly there is no minimum, any smaller T being likelier still, and T stays 1.

    Shapes: logits `[N, K]` in and out, features unused.

    Raises:
        OptionError: By `fit`: there is no validation image.

    References:
        [1] Guo, Pleiss, Sun, Weinberger. On Calibration of Modern Neural Networks. ICML 2017, arXiv:1706.04599.

    >>> adjust = Temperature()
    >>> adjust.temperature = 2.0
    >>> adjust(torch.tensor([[4.0, 2.0]]))
    tensor([[2., 1.]])
    """

    needs: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.temperature = 1.0

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, float]:
        """What was chosen: the temperature; and the mean cross-entropy on validation data before and after."""
        require_validation(val, "the temperature")
        logits = val.logits.double()
        self.temperature = _likeliest(logits, val.targets)
        before, after = (float(F.cross_entropy(logits / each, val.targets)) for each in (1.0, self.temperature))
        return {"temperature": self.temperature, "nll_before": before, "nll": after}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Adjusted logits `[N, K]`, in float32 or wider."""
        return widen(logits) / self.temperature

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `temperature`, a float64 scalar."""
        return {"temperature": torch.tensor(self.temperature, dtype=torch.float64)}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.temperature = float(state["temperature"])


def _likeliest(logits: Tensor, targets: Tensor) -> float:
    """The temperature with the smallest mean cross-entropy.

    That is convex in 1 / T: Newton's method, held inside the bracket of the root of its derivative.

    Args:
        logits: float64 `[N, K]`.
        targets: int64 `[N]`.
    """
    own = logits.gather(1, targets[:, None])[:, 0]
    if bool((own >= logits.amax(dim=1)).all()):
        return 1.0
    low, high, inverse = 1 / _HOTTEST, float("inf"), 1.0
    for _ in range(_ITERATIONS):
        p = (logits * inverse).softmax(dim=1)
        mean = (p * logits).sum(dim=1)
        slope = float((mean - own).mean())
        curvature = float((p * (logits - mean[:, None]).square()).sum(dim=1).mean())
        low, high = (low, inverse) if slope > 0 else (inverse, high)
        following = inverse - slope / curvature if curvature > 0 else inverse
        if not low < following < high:
            following = (low * high) ** 0.5 if high < float("inf") else 2 * low
        if abs(following - inverse) <= _EXACT * inverse:
            break
        inverse = following
    return 1 / inverse
