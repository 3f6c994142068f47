"""Class statistics of a run: what there is, what the sampler draws, and the prior that a loss should be told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from imbalearn_torch.errors import OptionError
from imbalearn_torch.priors import normalised_prior

__all__ = ["PRIORS", "ClassStats", "DoubleCorrection", "Draws", "carried_prior", "double_correction", "shifts_of"]

PRIORS = ("drawn", "train", "uniform")


class Draws(Protocol):
    """What the statistics need to know of a planned column."""

    def class_distribution(self, epoch: int, targets: Tensor, num_classes: int) -> Tensor: ...


class ClassStats:
    """Counts and distributions over classes.

    Args:
        targets: Labels of the training part, int64 `[N]`.
        num_classes: K.
        columns: The planned columns: the sampler's, and the partner's where a mix names one.
        prior: "drawn": what the model sees (the mean of the columns); "train": the training counts; "uniform".

    Raises:
        OptionError: `prior` is none of these.
    """

    def __init__(self, targets: Tensor, num_classes: int, columns: tuple[Draws, ...], prior: str) -> None:
        if prior not in PRIORS:
            raise OptionError(f"Expected `prior` to be one of {', '.join(PRIORS)}, but got {prior!r}")
        self.num_classes = num_classes
        self.counts = torch.bincount(targets, minlength=num_classes)
        self._targets = targets
        self._columns = columns
        self._mode = prior
        self._last: tuple[int, Tensor] | None = None

    def sampled(self, epoch: int) -> Tensor:
        """The distribution of the sampler's own column in that epoch, float64 `[K]`."""
        return self._distributions(epoch)[0]

    def drawn(self, epoch: int) -> Tensor:
        """The distribution that the model sees in that epoch, float64 `[K]`; 0 for a class that is never drawn."""
        return self._distributions(epoch).mean(dim=0)

    def _distributions(self, epoch: int) -> Tensor:
        if self._last is None or self._last[0] != epoch:
            each = [column.class_distribution(epoch, self._targets, self.num_classes) for column in self._columns]
            self._last = (epoch, torch.stack(each))
        return self._last[1]

    def prior(self, epoch: int) -> Tensor:
        """`class_prior` for that epoch, float64 `[K]`, all > 0."""
        if self._mode == "drawn":
            return normalised_prior(self.drawn(epoch))
        return normalised_prior(self.counts if self._mode == "train" else torch.ones(self.num_classes))


def carried_prior(drawn: Tensor, weights: Tensor, class_prior: Tensor, removed: float) -> Tensor:
    """The prior that a trained predictor still carries: drawn x weights, without what its loss has removed.

    Args:
        drawn: `[K]`, >= 0, of the last epoch.
        weights: Class weights `[K]`, >= 0, of the last epoch.
        class_prior: What the loss was told, `[K]`, > 0.
        removed: The loss's `corrects_prior`, as a share.

    Returns:
        float64 `[K]`, all > 0, summing to 1.
    """
    seen = normalised_prior(drawn.double() * weights.double())
    return normalised_prior(seen / class_prior.double().pow(removed))


@dataclass(frozen=True)
class DoubleCorrection:
    """Parts of a run that together correct the imbalance more than once; as a string, a sentence for the user.

    Args:
        between: Their names.
        log_odds: By how much the rarest class is favoured over the most frequent one.
    """

    between: tuple[str, ...]
    log_odds: float

    def __str__(self) -> str:
        return (
            f"{' and '.join(self.between)} correct the imbalance more than once: the rarest class is favoured by "
            f"{self.log_odds:.2f} in log-odds over the most frequent one; use one of them"
        )

    def record(self) -> dict[str, Any]:
        """As result.json has it."""
        return {**asdict(self), "between": list(self.between)}


def double_correction(counts: Tensor, effects: dict[str, Tensor]) -> DoubleCorrection | None:
    """Several parts of a run that together correct the imbalance more than once.

    Args:
        counts: Training counts `[K]`.
        effects: By the name of each part, the log of what it multiplies each class's prior by, `[K]`.

    Returns:
        None where at most one part corrects, or where they do not overshoot.
    """
    gap, shifts = shifts_of(counts, effects)
    active = tuple(name for name, shift in shifts.items() if shift > 1e-6)
    error = sum(shifts.values()) - gap
    return DoubleCorrection(active, error) if len(active) > 1 and error > 0.05 else None


def shifts_of(counts: Tensor, effects: dict[str, Tensor]) -> tuple[float, dict[str, float]]:
    """How far the rarest class is behind the most frequent one, and how far each part raises it, in log-odds.

    Args:
        counts: Training counts `[K]`; absent classes do not matter.
        effects: As for `double_correction`.
    """
    present = counts > 0
    if int(present.sum()) < 2:
        return 0.0, {}
    natural = normalised_prior(counts).log()
    most = int(torch.where(present, natural, -torch.inf).argmax())
    least = int(torch.where(present, natural, torch.inf).argmin())
    shifts = {name: float(effect[least] - effect[most]) for name, effect in effects.items()}
    return float(natural[most] - natural[least]), shifts
