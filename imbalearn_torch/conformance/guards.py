"""What a component must leave as it found it: global generators, and the context that others are built with too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imbalearn_torch.conformance.check import require
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.streams import seed_default_generators

__all__ = ["context_is_left_alone", "generators_left_alone", "require_build_without_draws", "same"]

_TORCH = "torch's default generator"


def same(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors are equal in shape, type and every bit that counts; NaN equals NaN."""
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return bool(((first == second) | (first.isnan() & second.isnan())).all())


def _states() -> dict[str, Any]:
    _, key, *rest = np.random.get_state()  # noqa: NPY002 - the legacy generator is the one to be left alone
    return {
        _TORCH: torch.get_rng_state().numpy().tobytes(),
        "numpy's global generator": (np.asarray(key).tobytes(), *rest),
        "Python's global generator": random.getstate(),
    }


@contextmanager
def generators_left_alone(doing: str, *, torch_too: bool = True) -> Iterator[None]:
    """Fail where a global generator has moved meanwhile.

    Args:
        doing: What is done meanwhile, for the message.
        torch_too: Whether torch's default generator is among them; numpy's and Python's always are.

    Raises:
        ConformanceError: One has moved.
    """
    # A component that seeds one alike at every call would else leave it as its last call did. Torch's is not moved:
    # `Subject.build` seeds it, which may happen meanwhile.
    random.random()
    np.random.random()  # noqa: NPY002
    before = _states()
    yield
    after = _states()
    moved = [name for name in before if before[name] != after[name] and (torch_too or name != _TORCH)]
    allowed = "the generator passed in" if torch_too else "torch's generators"
    require(not moved, f"expected {doing} to draw from {allowed} alone, but it moved {' and '.join(moved)}")


def require_build_without_draws(subject: Subject) -> Any:
    """Build the component and see that no global generator has moved since `Subject.build` seeded torch's.

    Raises:
        ConformanceError: One has.
    """
    with generators_left_alone("the factory", torch_too=False):
        built = subject.build()
    drawn_from = torch.get_rng_state()
    seed_default_generators(subject.seed, "init")
    require(
        torch.equal(drawn_from, torch.get_rng_state()),
        f"expected the factory to draw nothing, since it is given no generator, but it moved {_TORCH}",
    )
    return built


def context_is_left_alone(subject: Subject) -> None:
    """The factory does not change the tensors of its context, which other components are built with too."""
    # A fresh subject: this one's tensors may have been changed when it was built before.
    context = {name: value for name, value in replace(subject).context().items() if isinstance(value, Tensor)}
    given = {name: value.clone() for name, value in context.items()}
    subject.build(**given)
    for name, value in context.items():
        require(
            same(value, given[name]),
            f"expected the factory to leave `{name}` alone, but {value.tolist()} became {given[name].tolist()}",
        )
