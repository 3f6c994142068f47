"""A loss under test, called as the engine calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from imbalearn_torch.conformance.check import require
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.step import wants_features

__all__ = ["LossBatch", "LossCase", "close"]

_SIZE = 7
# D is no context: a loss with weights for features has its own idea of it. 64 is that of the CIFAR nets.
_WIDTHS = (6, 64, 128, 256, 512, 768, 1024, 2048)


def close(first: Tensor, second: Tensor, tolerance: float) -> bool:
    """Whether two tensors of one shape differ by at most `tolerance`, relative where the numbers exceed 1."""
    first, second = first.detach().double(), second.detach().double()
    return first.shape == second.shape and torch.allclose(first, second, rtol=tolerance, atol=tolerance, equal_nan=True)


class LossBatch(NamedTuple):
    """What a loss is called with.

    Args:
        logits: `[B, K]`.
        targets: int64 `[B]`.
        features: `[B, D]` where the loss takes them.
    """

    logits: Tensor
    targets: Tensor
    features: Tensor | None

    def take(self, order: Tensor) -> LossBatch:
        """The samples in another order."""
        features = None if self.features is None else self.features[order]
        return LossBatch(self.logits[order], self.targets[order], features)

    def differentiable(self) -> LossBatch:
        """The same numbers as leaves that want a gradient."""
        features = None if self.features is None else self.features.detach().clone().requires_grad_()
        return LossBatch(self.logits.detach().clone().requires_grad_(), self.targets, features)


@dataclass(frozen=True)
class LossCase:
    """A loss after the start of an epoch and the observation of one batch.

    Args:
        subject: Where it comes from.
        loss: The module.
        prior: What `set_prior` is told, float64 `[K]`.
        width: D; 0 where the loss takes no features.
    """

    subject: Subject
    loss: nn.Module
    prior: Tensor
    width: int

    @classmethod
    def of(
        cls, subject: Subject, *, dtype: torch.dtype | None = torch.float32, epoch: int = 0, **context: Any
    ) -> LossCase:
        """Build the loss and begin an epoch.

        Args:
            subject: The loss.
            dtype: What the module is converted to; None: it stays as built.
            epoch: The epoch.
            context: In the place of the subject's.
        """
        loss = subject.build(**context)
        require(isinstance(loss, nn.Module), f"expected an nn.Module, but got {type(loss).__name__}")
        if dtype is not None:
            loss.to(dtype)
        prior = context.get("class_prior", subject.context()["class_prior"])
        case = cls(subject, loss, prior, _width(subject) if wants_features(loss) else 0)
        case.begin(epoch)
        case.observe(case.batch().targets)
        return case

    @property
    def cosine(self) -> bool:
        """Whether the logits are cosines."""
        return getattr(self.loss, "head", "linear") == "cosine"

    @property
    def classes(self) -> int:
        """K."""
        return len(self.subject.counts)

    def begin(self, epoch: int) -> None:
        """What the engine says at the start of an epoch."""
        loss: Any = self.loss
        if hasattr(loss, "set_epoch"):
            loss.set_epoch(epoch)
        if hasattr(loss, "set_prior"):
            loss.set_prior(self.prior.clone())

    def observe(self, targets: Tensor) -> None:
        """What the engine says before a step."""
        loss: Any = self.loss
        if hasattr(loss, "observe"):
            loss.observe(targets)

    def batch(
        self, size: int = _SIZE, *, dtype: torch.dtype = torch.float32, seed: int = 0, every_label: bool = False
    ) -> LossBatch:
        """Moderate logits (or cosines), random labels and features, always the same for one seed.

        Args:
            size: B.
            dtype: Of logits and features.
            seed: Another one gives other logits and features, and labels in another order.
            every_label: Labels of all K classes, not only of those with images.
        """
        source = torch.Generator().manual_seed(seed)
        labels = torch.arange(self.classes) if every_label else self.subject.class_counts.nonzero().squeeze(1)
        order = torch.randperm(size, generator=source)
        logits = torch.randn(size, self.classes, generator=source, dtype=torch.float64)
        logits = logits.tanh() if self.cosine else 2 * logits
        features = torch.randn(size, self.width, generator=source, dtype=torch.float64).to(dtype)
        targets = labels.repeat(-(-size // labels.numel()))[:size][order]
        return LossBatch(logits.to(dtype), targets, features if self.width else None)

    def values(self, batch: LossBatch, *, seeded: bool = True) -> Tensor:
        """What the loss says, torch's default generators seeded alike before each call.

        Args:
            batch: What it is called with.
            seeded: False: the generators go on from where they are.
        """
        if seeded:
            seed_default_generators(0, "step", 0, 0)
        logits, targets, features = batch
        made = self.loss(logits, targets, features=features) if self.width else self.loss(logits, targets)
        require(isinstance(made, Tensor), f"expected a tensor of losses, but got {type(made).__name__}")
        return made

    def draws(self) -> bool:
        """Whether two calls differ."""
        batch = self.batch(dtype=torch.float64)
        return not close(self.values(batch, seeded=False), self.values(batch, seeded=False), 0.0)


def _width(subject: Subject) -> int:
    for width in _WIDTHS:
        case = LossCase(subject, subject.build().float(), subject.context()["class_prior"], width)
        try:
            case.begin(0)
            case.observe(case.batch().targets)
            case.values(case.batch())
        except Exception:  # what is wrong with it, if it is not the width, shows in the checks
            continue
        return width
    return _WIDTHS[0]
