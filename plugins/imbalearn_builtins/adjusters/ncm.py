"""Nearest class mean."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.adjusters.checks import given
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs

__all__ = ["NearestClassMean"]

_FARTHEST = 1e37  # what float32 still holds


class NearestClassMean:
    """How near the features are to the mean of each class's training features, instead of the classifier.

        z'_c = -||f - m_c||^2    or    cos(f, m_c),    m_c = mean of the training features of class c

    Every class counts alike however many images it has: the whole class prior is removed (`corrects_prior` is 1). A
    class without training images has no mean; its logit is 1 less than the smallest of the others. Squared distances
    are no log-likelihoods: `--adjust ncm --adjust temperature` calibrates them.

    The logits are made from the features: what adjusters before this one have done to the logits is lost.

    Shapes: features `[N, D]` give logits `[N, K]`; the logits that come in are not read.

    Args:
        num_classes: K; None: the largest training label + 1.
        distance: "euclidean" or "cosine".

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.

    >>> adjust, labels = NearestClassMean(), torch.tensor([0, 0, 1])
    >>> train = Outputs(torch.zeros(3, 2), torch.tensor([[0.0], [2.0], [4.0]]), labels)
    >>> chosen = adjust.fit(train, train=train)
    >>> adjust(torch.zeros(1, 2), torch.tensor([[2.0]]))
    tensor([[-1., -4.]])
    """

    needs = frozenset({"features", "train"})
    starts_over = True
    corrects_prior = 1.0

    def __init__(
        self, *, num_classes: int | None = None, distance: Literal["euclidean", "cosine"] = "euclidean"
    ) -> None:
        self.num_classes, self.distance = num_classes, distance
        self.means: Tensor | None = None
        self.counts: Tensor | None = None

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, object]:
        """What was chosen: the distance, and how many classes have a mean."""
        part = given(train, "the training part")
        features = given(part.features, "features of the training images").double()
        counts = torch.bincount(part.targets, minlength=self.num_classes or 0)
        sums = features.new_zeros(counts.numel(), features.shape[1]).index_add_(0, part.targets, features)
        self.means, self.counts = sums / counts.clamp_min(1)[:, None], counts
        return {"distance": self.distance, "classes": int((counts > 0).sum())}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Logits `[N, K]` of the features, in float32 or wider."""
        means, counts = given(self.means, "ncm to be fitted"), given(self.counts, "ncm to be fitted")
        inputs = widen(given(features, "features"))
        if self.distance == "cosine":
            nearness = F.normalize(inputs) @ F.normalize(means).T.to(inputs)
        else:
            # Around a common centre the squares are small, and so is what their difference loses.
            centre = means[counts > 0].mean(dim=0)
            kept, inputs, means = inputs.dtype, inputs.double() - centre, means - centre
            squares = inputs.square().sum(dim=1, keepdim=True) + means.square().sum(dim=1)
            # The features of a network that has diverged are finite, and their squares need not be.
            nearness = (2 * inputs @ means.T - squares).clamp_min(-_FARTHEST).to(kept)
        absent = (counts == 0)[None, :]
        smallest = nearness.masked_fill(absent, torch.inf).amin(dim=1, keepdim=True)
        return torch.where(absent, smallest - 1, nearness)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `means`, float64 `[K, D]`, and `counts`, int64 `[K]`."""
        means, counts = given(self.means, "ncm to be fitted"), given(self.counts, "ncm to be fitted")
        return {"means": means.clone(), "counts": counts.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.means, self.counts = state["means"].clone(), state["counts"].clone()
