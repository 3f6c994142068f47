"""Mixes under test, called as the engine calls them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import ConformanceError, require
from imbalearn_torch.conformance.subject import EPOCHS, Subject
from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.streams import generator
from imbalearn_torch.types import Batch, Mixed

__all__ = ["mixed_of", "pair", "shapes_of", "tell", "trials"]

_IMAGES, _TABLE = (3, 8, 8), (6,)
_ACTIVATIONS = ((16, 4, 4), (5, 7), (10,))
_SIZE = 8
_SEEDS = 3  # a mix may leave some batches as they are


def tell(mix: Any, epoch: int) -> None:
    """`set_epoch`, where the mix has it."""
    if hasattr(mix, "set_epoch"):
        mix.set_epoch(epoch)


def pair(
    subject: Subject, mix: Any, shape: tuple[int, ...], *, size: int = _SIZE, dtype: torch.dtype = torch.float32
) -> tuple[Batch, Batch]:
    """Two batches of random inputs, always the same: the second a permutation of the first, or drawn on its own."""
    source = torch.Generator().manual_seed(0)
    present = subject.class_counts.nonzero().squeeze(1)

    def drawn() -> Batch:
        labels = present[torch.randint(present.numel(), (size,), generator=source)]
        return Batch(torch.randn(size, *shape, generator=source, dtype=dtype), labels)

    a = drawn()
    if getattr(mix, "partner", "batch") != "batch":
        return a, drawn()
    order = torch.randperm(size, generator=source)
    return a, Batch(a.images[order], a.targets[order])


def mixed_of(mix: Any, a: Batch, b: Batch, seed: int) -> Mixed:
    """What the mix makes of two batches.

    Raises:
        ConformanceError: It is no `Mixed`.
    """
    made = mix(a, b, generator(seed, "mix", 0))
    require(
        isinstance(made, tuple) and len(made) == 4 and all(isinstance(each, Tensor) for each in made),
        f"expected Mixed(images, targets_a, targets_b, lam) of tensors, but got {_described(made)}",
    )
    return Mixed(*made)


def shapes_of(subject: Subject) -> tuple[tuple[int, ...], ...]:
    """The shapes of one input that the mix takes: activations, or images, tables or both.

    Raises:
        ConformanceError: It takes neither images nor tables.
    """
    mix = subject.build()
    require(callable(mix), f"expected a callable (a, b, generator) -> Mixed, but got {type(mix).__name__}")
    if getattr(mix, "hidden", False):
        return _ACTIVATIONS
    refusal = None
    try:
        mix(*pair(subject, mix, _IMAGES), generator(0, "mix", 0))
    except ImbalearnError as error:
        refusal = error
    try:
        mix(*pair(subject, mix, _TABLE), generator(0, "mix", 0))
    except Exception:  # many mixes know images only, and need not say so in a sentence
        if refusal is not None:
            raise ConformanceError(
                f"expected the mix to take images [B, 3, 8, 8] or tables [B, 6], but it refuses both: {refusal}"
            ) from refusal
        return (_IMAGES,)
    return (_TABLE,) if refusal is not None else (_IMAGES, _TABLE)


def trials(
    subject: Subject, *, size: int = _SIZE, dtype: torch.dtype = torch.float32, told: int = 1, in_reverse: bool = False
) -> Iterator[tuple[Batch, Batch, Mixed]]:
    """Both batches and the result, for every shape, epoch and some seeds, always in the same order.

    Args:
        subject: The mix.
        size: B.
        dtype: Of the inputs.
        told: How often `set_epoch` is called.
        in_reverse: Mix the last epoch first.
    """
    for shape in shapes_of(subject):
        mix = subject.build()
        epochs = range(EPOCHS)
        found: dict[int, list[tuple[Batch, Batch, Mixed]]] = {}
        for epoch in reversed(epochs) if in_reverse else epochs:
            for _ in range(told):
                tell(mix, epoch)
            found[epoch] = [_trial(subject, mix, shape, seed=seed, size=size, dtype=dtype) for seed in range(_SEEDS)]
        for epoch in epochs:
            yield from found[epoch]


def _trial(
    subject: Subject, mix: Any, shape: tuple[int, ...], *, seed: int, size: int, dtype: torch.dtype
) -> tuple[Batch, Batch, Mixed]:
    a, b = pair(subject, mix, shape, size=size, dtype=dtype)
    # The mix gets copies, so that one that changes them is found out by its own check alone.
    copies = [Batch(each.images.clone(), each.targets.clone()) for each in (a, b)]
    return a, b, mixed_of(mix, copies[0], copies[1], seed)


def _described(made: Any) -> str:
    if not isinstance(made, tuple):
        return type(made).__name__
    return f"({', '.join(type(each).__name__ for each in made)})"
