"""The loss of one batch: pairs, class weights and one reduction for every sampler, mix and loss."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.blame import blamed_on
from imbalearn_torch.errors import ComponentError
from imbalearn_torch.types import Mixed

__all__ = ["LossStep", "removed_share", "wants_features"]


def removed_share(component: Any) -> float:
    """A component's `corrects_prior` as a share: how much of the class prior it removes from the predictor."""
    return float(getattr(component, "corrects_prior", 0.0))


def wants_features(loss: nn.Module) -> bool:
    """Whether the loss's `forward` has a `features` parameter."""
    return "features" in inspect.signature(loss.forward).parameters


class LossStep:
    """Turns logits and labels into one number to differentiate.

    Args:
        loss: Gives `[B]` for logits `[B, K]` and targets `[B]`.
        name: For messages.
    """

    def __init__(self, loss: nn.Module, name: str) -> None:
        self.loss = loss
        self._name = name
        self._features = wants_features(loss)

    def __call__(
        self, logits: Tensor, features: Tensor | None, mixed: Mixed, paired: bool, weights: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The weighted sum of the losses and the sum of the weights: their ratio is the loss of the batch.

        A batch whose every weight is 0 has the loss 0.

        Args:
            logits: `[B, K]`, float32 or wider.
            features: `[B, D]` where the loss takes them.
            mixed: Labels and shares; the images are not read.
            paired: Whether the second labels count.
            weights: Class weights `[K]`, or None for 1.
        """
        # Widened before it is subtracted: 1 - lam in float32 is off by up to 3e-8, which fp64 would notice.
        lam = mixed.lam.to(logits.dtype) if paired else logits.new_ones(mixed.targets_a.shape)
        parts = [(mixed.targets_a, lam)]
        if paired:
            parts.append((mixed.targets_b, 1 - lam))
        total, norm = logits.new_zeros(()), logits.new_zeros(())
        for targets, share in parts:
            factor = share if weights is None else share * weights[targets]
            total = total + (factor * self._each(logits, features, targets)).sum()
            norm = norm + factor.sum()
        return total, _above_zero(norm)

    @staticmethod
    def norm(targets: Tensor, like: Tensor, weights: Tensor | None) -> Tensor:
        """The sum of the weights of these labels, without a mix.

        Args:
            targets: int64 `[B]`.
            like: Gives the dtype and the device.
            weights: Class weights `[K]`, or None for 1.
        """
        return _above_zero(like.new_tensor(float(targets.numel())) if weights is None else weights[targets].sum())

    def _each(self, logits: Tensor, features: Tensor | None, targets: Tensor) -> Tensor:
        with blamed_on("the loss", self.loss):
            values = self.loss(logits, targets, features=features) if self._features else self.loss(logits, targets)
        if not isinstance(values, Tensor) or values.shape != targets.shape:
            came = f"a tensor of shape {list(values.shape)}" if isinstance(values, Tensor) else type(values).__name__
            raise ComponentError(
                f"Expected {self._name} to give one value a sample, {list(targets.shape)}, with reduction='none', "
                f"but got {came}"
            )
        return values


def _above_zero(norm: Tensor) -> Tensor:
    return norm.clamp_min(torch.finfo(norm.dtype).tiny)
