"""Train the last step of a predictor on what the steps before it give, every class drawn equally often."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from imbalearn_builtins.ranges import check_non_negative, check_positive
from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_torch import errors

__all__ = ["BalancedDescent"]

_MOMENTUM = 0.9
_FEWEST_STEPS = 1000  # ten epochs of a few hundred images would be twenty steps


class BalancedDescent:
    """SGD with Nesterov momentum and a cosine schedule on cross-entropy, each batch drawn class by class.

    Args:
        epochs: As many draws as that many passes over the training part, but at least 1000 steps; >= 1.
        steps: Overrides `epochs`, >= 1; None: as `epochs` says.
        batch_size: Of a step, >= 1.
        lr: The first learning rate, > 0, for inputs scaled to mean squared norm 1.
        weight_decay: >= 0.

    Raises:
        OptionError: A value is outside its range.
    """

    def __init__(self, *, epochs: int, steps: int | None, batch_size: int, lr: float, weight_decay: float) -> None:
        for name, value in (("epochs", epochs), ("steps", steps), ("batch_size", batch_size)):
            if value is not None and value < 1:
                raise errors.OptionError(f"Expected `{name}` to be >= 1, but got {value}")
        self._epochs, self._steps, self._batch_size = epochs, steps, batch_size
        self._lr = check_positive("lr", lr)
        self._weight_decay = check_non_negative("weight_decay", weight_decay)

    def run(
        self,
        logits_of: Callable[[Tensor], Tensor],
        parameters: list[Tensor],
        inputs: Tensor,
        targets: Tensor,
        classes: int,
    ) -> dict[str, float]:
        """Train the parameters in place; the draws come from torch's default generator.

        Args:
            logits_of: From rows of `inputs` to logits `[B, K]`, differentiable in the parameters.
            parameters: Leaves.
            inputs: `[N, D]`.
            targets: int64 `[N]`.
            classes: K.

        Returns:
            `steps`, and `loss`: the mean over present classes of their mean cross-entropy at the end.
        """
        steps = self._steps or max(_FEWEST_STEPS, math.ceil(self._epochs * len(targets) / self._batch_size))
        sampler = BalancedSampler(targets=targets, num_classes=classes, epoch_size=steps * self._batch_size)
        batches = sampler.plan(0, torch.default_generator).view(steps, self._batch_size)
        velocities = [torch.zeros_like(parameter) for parameter in parameters]
        for step, batch in enumerate(batches):
            lr = self._lr * (1 + math.cos(math.pi * step / steps)) / 2
            gradients = _gradients(logits_of, parameters, inputs[batch], targets[batch])
            # By hand: an optimiser of torch's would import its compiler, which takes longer than all the steps.
            for parameter, velocity, gradient in zip(parameters, velocities, gradients, strict=True):
                descent = gradient.add(parameter, alpha=self._weight_decay)
                velocity.mul_(_MOMENTUM).add_(descent)
                parameter.add_(descent.add(velocity, alpha=_MOMENTUM), alpha=-lr)
        return {"steps": steps, "loss": _balanced_loss(logits_of(inputs), targets, sampler.class_counts)}


def _gradients(
    logits_of: Callable[[Tensor], Tensor], parameters: list[Tensor], inputs: Tensor, targets: Tensor
) -> tuple[Tensor, ...]:
    """Of the mean cross-entropy of a batch."""
    for parameter in parameters:
        parameter.requires_grad_(True)
    with torch.enable_grad():
        gradients = torch.autograd.grad(F.cross_entropy(logits_of(inputs), targets), parameters)
    for parameter in parameters:
        parameter.requires_grad_(False)
    return gradients


def _balanced_loss(logits: Tensor, targets: Tensor, counts: Tensor) -> float:
    return float(F.cross_entropy(logits.double(), targets, weight=counts.clamp_min(1).double().reciprocal()))
