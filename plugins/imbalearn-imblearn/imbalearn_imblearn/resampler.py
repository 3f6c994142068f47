"""What all methods share: one call of `fit_resample` on tensors."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor

from imbalearn_imblearn.rows import as_inputs
from imbalearn_torch import errors

__all__ = ["Resampled", "Resampler", "call", "some_classes"]

_SHOWN = 10


class Resampled(NamedTuple):
    """New data: some of the samples, then others that were made.

    Args:
        kept: Indices of samples, which may repeat.
        rows: float32 `[M, D]`; None: nothing was made.
        labels: int64 `[M]`, of the rows.
    """

    kept: np.ndarray
    rows: np.ndarray | None = None
    labels: np.ndarray | None = None


class Resampler(ABC):
    """A sampler that replaces the training part once, before the first epoch; the epochs are then drawn as `instance`.

    Its random draws follow torch's default generator, from which it takes one number.
    """

    name: ClassVar[str]

    def fit_resample(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """New inputs and targets; samples that are kept come first, bit for bit, and those that were made follow.

        Data of fewer than two classes stay as they are.

        Args:
            inputs: uint8 `[N, C, H, W]` or float32 `[N, D]`, on the CPU.
            targets: int64 `[N]`.

        Raises:
            DataError: The data are of no use to the method, or too large for the memory.
        """
        if len(inputs) != len(targets):
            raise errors.DataError(f"Expected one label a sample, but got {len(inputs)} samples and {len(targets)}")
        labels = targets.numpy()
        seed = int(torch.randint(2**31 - 1, ()))
        if np.unique(labels).size < 2:
            return inputs, targets
        try:
            kept, rows, made = self.resample(inputs, labels, np.random.RandomState(seed))
        except errors.ImbalearnError:
            raise
        except (ValueError, RuntimeError, MemoryError) as error:
            reason = " ".join(str(error).split())
            raise errors.DataError(f"`{self.name}` cannot resample these data: {reason}") from error
        chosen = torch.from_numpy(kept)
        if rows is None or made is None:
            return inputs[chosen], targets[chosen]
        new = torch.from_numpy(made).to(targets.dtype)
        return torch.cat([inputs[chosen], as_inputs(rows, inputs)]), torch.cat([targets[chosen], new])

    @abstractmethod
    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        """Resample data of two classes or more."""

    def warn(self, sentence: str) -> None:
        """Say something that belongs into the warnings of the run."""
        warnings.warn(f"{self.name}: {sentence}", UserWarning, stacklevel=2)


def call(estimator: Any, rows: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`fit_resample` of imbalanced-learn, without the warnings that it and scikit-learn give to their own users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit_resample(rows, labels)


def some_classes(labels: list[int]) -> str:
    """`class 3`, or `classes 3, 5` with at most ten of them."""
    shown = ", ".join(map(str, labels[:_SHOWN]))
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return f"{'class' if len(labels) == 1 else 'classes'} {shown}{more}"
