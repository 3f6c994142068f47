"""Classifier re-training."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_builtins.adjusters.balanced_descent import BalancedDescent
from imbalearn_builtins.adjusters.checks import given
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs

__all__ = ["ClassifierRetraining"]


class ClassifierRetraining:
    """A new classifier on the frozen features, trained with every class drawn equally often.

        z' = W f + b,    W, b from a fresh start by SGD on cross-entropy, drawing a class, then an image of it

    The features are those of un-augmented training images in eval mode, computed once: backbone and batch norm stay as
    they are, and a step costs a matrix product. The new classifier has learned on a uniform prior, whatever the run was
    trained with: `corrects_prior` is 1, so that the prior left is uniform. It has a bias if the old one has.

    The logits are made from the features: what adjusters before this one have done to the logits is lost.

    Shapes: features `[N, D]` give logits `[N, K]`; the logits that come in are not read.

    Args:
        epochs: As many draws as that many passes over the training part, but at least 1000 steps; >= 1.
        steps: Overrides `epochs`, >= 1; None: as `epochs` says.
        batch_size: Of a step, >= 1.
        lr: The first learning rate, > 0, for features scaled to mean squared norm 1; it falls to 0 along a cosine.
        weight_decay: >= 0.

    Raises:
        OptionError: A value is outside its range.

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.
    """

    needs = frozenset({"features", "head", "train"})
    starts_over = True
    corrects_prior = 1.0

    def __init__(
        self,
        *,
        epochs: int = 10,
        steps: int | None = None,
        batch_size: int = 128,
        lr: float = 1.0,
        weight_decay: float = 5e-4,
    ) -> None:
        self._descent = BalancedDescent(
            epochs=epochs, steps=steps, batch_size=batch_size, lr=lr, weight_decay=weight_decay
        )
        self.weight: Tensor | None = None
        self.bias: Tensor | None = None

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, float]:
        """What was done: steps, and the class-balanced training loss at the end."""
        part, old = given(train, "the training part"), given(head, "the head")
        features = given(part.features, "features of the training images").float()
        size = features.square().sum(dim=1).mean().sqrt().clamp_min(torch.finfo(torch.float32).tiny)
        fresh = nn.Linear(old.in_features, old.out_features, bias=old.bias is not None)
        report = self._descent.run(fresh, list(fresh.parameters()), features / size, part.targets, old.out_features)
        self.weight = fresh.weight.detach() / size
        self.bias = torch.zeros(old.out_features) if fresh.bias is None else fresh.bias.detach()
        return report

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Logits `[N, K]` of the features, in float32 or wider."""
        inputs = widen(given(features, "features"))
        weight, bias = given(self.weight, "crt to be fitted"), given(self.bias, "crt to be fitted")
        return F.linear(inputs, weight.to(inputs), bias.to(inputs))

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `weight`, float32 `[K, D]`, and `bias`, float32 `[K]`."""
        weight, bias = given(self.weight, "crt to be fitted"), given(self.bias, "crt to be fitted")
        return {"weight": weight.clone(), "bias": bias.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.weight, self.bias = state["weight"].clone(), state["bias"].clone()
