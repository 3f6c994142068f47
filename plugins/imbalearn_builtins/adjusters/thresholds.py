"""Thresholds of the classes, tuned for a figure."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
from torch import Tensor, nn

from imbalearn_builtins.adjusters.checks import require_validation
from imbalearn_builtins.adjusters.objective import Objective
from imbalearn_builtins.adjusters.offsets import best_offsets
from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs, errors

__all__ = ["Thresholds"]


class Thresholds:
    """Logits plus one offset a class, chosen so that a figure of the validation predictions is as large as possible.

        z' = z + b,    b = argmax over b of metric(argmax_c(z_c + b_c), y) on validation data

    For two classes that is one threshold on p_1, predicted where p_1 > 1 / (1 + exp(b_1 - b_0)), and the best of all.
    For more it is the best of several climbs, each a maximum along every b_c. Of equally good offsets those that were
    found nearest to 0 are taken; they have mean 0. A class without validation images has offset 0 and takes no part. A
    class with two validation images is tuned on two images: what this gains on validation data overstates what it
    gains elsewhere.

    Offsets multiply the prior that the predictor carries by exp(b); `carries` says so to an adjuster after this one.

    Shapes: logits `[N, K]` in and out, features unused.

    Args:
        class_prior: The prior that the predictor carries, `[K]`; used for `carries` only.
        class_counts: Training images of each class, `[K]`; tells which of two classes is the rarer one.
        num_classes: K; None: as many as `class_prior` has.
        metric: "macro-f1", "balanced-accuracy", "accuracy", "gmean" (the geometric mean of the recalls), or for two
            classes "f1", that of the rarer class (of equal ones class 1).
        costs: Of predicting class j for an image of class i, K x K numbers row by row: `[0,1,5,0]` says that missing
            class 1 is five times as bad as raising it falsely. The mean cost is then minimised, instead of a metric.

    Raises:
        OptionError: `costs` are not K x K finite numbers, or are given beside a metric; "f1" for more than two classes;
            by `fit`: there is no validation image.

    References:
        [1] Lipton, Elkan, Naryanaswamy. Optimal Thresholding of Classifiers to Maximize F1 Measure. ECML PKDD 2014,
            arXiv:1402.1892.

    >>> adjust = Thresholds(class_prior=torch.tensor([0.75, 0.25]))
    >>> val = Outputs(torch.tensor([[3.0, 0], [2, 0], [1, 0]]), None, torch.tensor([0, 1, 1]))
    >>> adjust.fit(val)["metric"], adjust(val.logits).argmax(dim=1)
    ('macro-f1', tensor([0, 1, 1]))
    """

    needs: frozenset[str] = frozenset()

    def __init__(
        self,
        *,
        class_prior: Tensor,
        class_counts: Tensor | None = None,
        num_classes: int | None = None,
        metric: Literal["macro-f1", "balanced-accuracy", "accuracy", "gmean", "f1"] = "macro-f1",
        costs: tuple[float, ...] | None = None,
    ) -> None:
        self._log_prior = log_prior(class_prior)
        classes = self._log_prior.numel() if num_classes is None else num_classes
        if metric == "f1" and classes != 2:
            raise errors.OptionError(f"Expected two classes for `metric` f1, but there are {classes}; try macro-f1")
        if costs is not None and metric != "macro-f1":
            raise errors.OptionError(f"Expected `metric` or `costs`, but got both: {metric} and {list(costs)}")
        self.metric, self.costs = metric, None if costs is None else _matrix(costs, classes)
        frequency = self._log_prior if class_counts is None else class_counts
        self.positive = 0 if classes == 2 and bool(frequency[0] < frequency[1]) else 1
        self.offsets = torch.zeros(classes, dtype=torch.float64)

    @property
    def carries(self) -> Tensor:
        """The prior that the predictor carries after the offsets, float64 `[K]`."""
        return (self._log_prior + self.offsets).softmax(dim=0)

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, Any]:
        """What was chosen: offsets, for two classes the threshold; and the figure on validation before and after."""
        require_validation(val, "thresholds")
        classes = self.offsets.numel()
        images = torch.bincount(val.targets, minlength=classes)
        present = images.nonzero()[:, 0]
        costs = None if self.costs is None else self.costs[present][:, present]
        objective = Objective(self.metric, images[present], positive=min(self.positive, len(present) - 1), costs=costs)
        labels = torch.searchsorted(present, val.targets)
        self.offsets = torch.zeros(classes, dtype=torch.float64)
        self.offsets[present] = best_offsets(val.logits.double()[:, present], labels, objective)
        chosen = {"metric": "cost" if self.costs is not None else self.metric, "offsets": self.offsets.tolist()}
        if classes == 2:
            chosen["threshold"] = 1 / (1 + math.exp(self.offsets[1] - self.offsets[0]))
        whole = Objective(self.metric, images, positive=self.positive, costs=self.costs)
        before, after = (whole.value(val.targets, each.argmax(dim=1)) for each in (val.logits, self(val.logits)))
        sign = -1 if self.costs is not None else 1
        return {**chosen, "before": sign * before, "after": sign * after}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Adjusted logits `[N, K]`, in float32 or wider."""
        logits = widen(logits)
        return logits + self.offsets.to(logits)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `offsets` and `log_prior`, float64 `[K]`."""
        return {"offsets": self.offsets.clone(), "log_prior": self._log_prior.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.offsets, self._log_prior = state["offsets"].clone(), state["log_prior"].clone()


def _matrix(costs: tuple[float, ...], classes: int) -> Tensor:
    """Costs row by row as `[K, K]`."""
    if len(costs) != classes**2 or not all(map(math.isfinite, costs)):
        raise errors.OptionError(
            f"Expected `costs` to be {classes} x {classes} = {classes**2} finite numbers, row by row of the true "
            f"class, but got {len(costs)}: {list(costs)[:9]}"
        )
    return torch.tensor(costs, dtype=torch.float64).view(classes, classes)
