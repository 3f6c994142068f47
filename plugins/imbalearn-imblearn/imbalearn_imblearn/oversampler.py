"""Methods that make new samples of the small classes, class by class."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from imbalearn_imblearn.checks import ratio_or_words
from imbalearn_imblearn.resampler import Resampled, Resampler, call, some_classes
from imbalearn_imblearn.rows import as_rows
from imbalearn_imblearn.strategy import growth

__all__ = ["ClassTask", "Oversampler", "added_by", "interpolate"]


class ClassTask(NamedTuple):
    """What is to be made of one class.

    Args:
        label: The class.
        members: Indices of its samples, two or more.
        new: Samples to make.
        share: Of `new` in what is made of all classes.
        neighbours: How many of its samples a sample is interpolated with, fewer than it has.
        random: Where to draw from.
    """

    label: int
    members: np.ndarray
    new: int
    share: float
    neighbours: int
    random: np.random.RandomState

    @property
    def common(self) -> dict[str, Any]:
        """Arguments that every over-sampler of imbalanced-learn takes."""
        return {"sampling_strategy": {self.label: len(self.members) + self.new}, "random_state": self.random}


def interpolate(rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
    """Plain SMOTE of one class, float32 `[new, D]`."""
    from imblearn.over_sampling import SMOTE

    # SMOTE looks at no other class, but imbalanced-learn wants to see two: one foreign sample saves a copy of all.
    seen = np.append(task.members, np.flatnonzero(labels != task.label)[0])
    smote = SMOTE(k_neighbors=task.neighbours, **task.common)
    return added_by(smote, rows[seen], labels[seen])


def added_by(estimator: Any, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The rows that an over-sampler of imbalanced-learn puts behind those it is given."""
    return call(estimator, rows, labels)[0][len(rows) :]


class Oversampler(Resampler):
    """Takes the classes one by one, in the order of their labels, drawing from one stream of random numbers.

    A class of n samples is interpolated with n - 1 neighbours where more were asked for; the sample of a class that has
    but one is repeated.

    Args:
        strategy: Which classes grow, and how far.
        neighbours: Neighbours to interpolate with.
    """

    def __init__(self, *, strategy: str | float, neighbours: int) -> None:
        self.strategy = ratio_or_words(strategy)
        self.neighbours = neighbours

    def resample(self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState) -> Resampled:
        _, new_rows, new_labels = self.grown(inputs, labels, random)
        return Resampled(np.arange(len(labels)), new_rows, new_labels)

    def grown(
        self, inputs: Tensor, labels: np.ndarray, random: np.random.RandomState
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All rows `[N, D]`, the new rows `[M, D]` and their labels `[M]`."""
        new = growth(self.strategy, labels)
        rows = as_rows(inputs, self.name, sum(new.values()))
        made, notes = [rows[:0]], dict[str, list[int]]()
        for label, number in sorted(new.items()):
            members = np.flatnonzero(labels == label)
            neighbours = min(self.neighbours, len(members) - 1)
            task = ClassTask(label, members, number, number / sum(new.values()), neighbours, random)
            if not neighbours:
                notes.setdefault("single samples are repeated, for they have no neighbours", []).append(label)
                made.append(rows[np.repeat(members, number)])
                continue
            if neighbours < self.neighbours:
                notes.setdefault(f"fewer than {self.neighbours} neighbours are used, for there are no more", []).append(
                    label
                )
            try:
                made.append(self.make(rows, labels, task))
            except (ValueError, RuntimeError) as error:
                reason = str(error).partition(".")[0]
                notes.setdefault(f"plain SMOTE is used, for the method fails: {reason}", []).append(label)
                made.append(interpolate(rows, labels, task))
            if not len(made[-1]):
                notes.setdefault("nothing is made, for no sample is one that the method starts from", []).append(label)
            elif len(made[-1]) < 0.9 * number:  # a rounded number is not worth a sentence
                notes.setdefault("fewer samples are made than asked for", []).append(label)
        for note, concerned in notes.items():
            self.warn(f"{note} ({some_classes(concerned)})")
        sizes = [len(part) for part in made[1:]]
        return rows, np.concatenate(made), np.repeat(np.array(sorted(new), dtype=labels.dtype), sizes)

    @abstractmethod
    def make(self, rows: np.ndarray, labels: np.ndarray, task: ClassTask) -> np.ndarray:
        """New samples of one class, float32 `[M, D]`.

        Raises:
            ValueError, RuntimeError: The method finds nothing to start from; plain SMOTE then steps in.
        """
