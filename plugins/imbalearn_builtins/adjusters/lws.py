"""Learnable weight scaling."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from imbalearn_builtins.adjusters.balanced_descent import BalancedDescent
from imbalearn_builtins.adjusters.checks import given
from imbalearn_builtins.losses.reduction import widen
from imbalearn_torch import Outputs

__all__ = ["LearnableWeightScaling"]


class LearnableWeightScaling:
    """One factor a class on the logits, learned with every class drawn equally often.

        z'_c = s_c z_c,    s from 1 by SGD on cross-entropy, drawing a class, then an image of it

    Scaling a class's logit scales its weight vector and its bias, whose directions stay. The logits are those of
    un-augmented training images in eval mode. What is learned is learned on a uniform prior: `corrects_prior` is 1, as
    far as K factors can bring that about; where the network fits its training images perfectly they learn little.

    Shapes: logits `[N, K]` in and out, features unused.

    Args:
        epochs: As many draws as that many passes over the training part, but at least 1000 steps; >= 1.
        steps: Overrides `epochs`, >= 1; None: as `epochs` says.
        batch_size: Of a step, >= 1.
        lr: The first learning rate, > 0, for logits scaled to mean squared norm 1; it falls to 0 along a cosine.

    Raises:
        OptionError: A value is outside its range.

    References:
        [1] Kang, Xie, Rohrbach, Yan, Gordo, Feng, Kalantidis. Decoupling Representation and Classifier for Long-Tailed
            Recognition. ICLR 2020, arXiv:1910.09217.
    """

    needs = frozenset({"train"})
    corrects_prior = 1.0

    def __init__(self, *, epochs: int = 10, steps: int | None = None, batch_size: int = 128, lr: float = 1.0) -> None:
        self._descent = BalancedDescent(epochs=epochs, steps=steps, batch_size=batch_size, lr=lr, weight_decay=0.0)
        self.scales: Tensor | None = None

    def fit(self, val: Outputs, *, train: Outputs | None = None, head: nn.Linear | None = None) -> dict[str, object]:
        """What was done: the scales, the steps, and the class-balanced training loss at the end."""
        part = given(train, "the training part")
        logits = part.logits.float()
        size = logits.square().sum(dim=1).mean().sqrt().clamp_min(torch.finfo(torch.float32).tiny)
        # Learned in units of the logits' size, so that one learning rate serves logits of every size.
        moved = torch.zeros(logits.shape[1])

        def scaled(rows: Tensor) -> Tensor:
            return rows * (1 + moved / size)

        report = self._descent.run(scaled, [moved], logits, part.targets, logits.shape[1])
        self.scales = 1 + moved / size
        return {"scales": self.scales.tolist(), **report}

    def __call__(self, logits: Tensor, features: Tensor | None = None) -> Tensor:
        """Adjusted logits `[N, K]`, in float32 or wider."""
        logits = widen(logits)
        return logits * given(self.scales, "lws to be fitted").to(logits)

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that `load_state_dict` needs: `scales`, float32 `[K]`."""
        return {"scales": given(self.scales, "lws to be fitted").clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Become the adjuster whose `state_dict` is given."""
        self.scales = state["scales"].clone()
