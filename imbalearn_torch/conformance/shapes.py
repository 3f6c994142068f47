"""The inputs that a stranger's backbone is tried with: not every one takes small colour images."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from imbalearn_torch.errors import ComponentError, ImbalearnError
from imbalearn_torch.plugin.signature import import_factory

if TYPE_CHECKING:
    from imbalearn_torch.conformance.subject import Subject

__all__ = ["SHAPES", "inputs_of", "working_shape"]

SHAPES = ((3, 32, 32), (3, 224, 224), (1, 8, 8), (1, 28, 28), (16,))


def inputs_of(subject: Subject, batch: int) -> Tensor:
    """Standard normal inputs, float32 `[B, C, H, W]` or `[B, D]`; always the same."""
    return torch.randn(batch, *subject.input_shape, generator=torch.Generator().manual_seed(0))


def working_shape(subject: Subject) -> tuple[int, ...]:
    """The first of `SHAPES` that the backbone can be built for and takes.

    Raises:
        ComponentError: There is none; the message says why not.
    """
    return _first(subject, import_factory(subject.entry.component.factory))


# The factory is part of the key: modules of one name may follow each other, as they do in tests.
@functools.lru_cache(maxsize=64)
def _first(subject: Subject, _factory: Callable[..., Any]) -> tuple[int, ...]:
    causes: dict[str, str] = {}
    for shape in SHAPES:
        try:
            _run(replace(subject, input_shape=shape))
        except (Exception, SystemExit) as error:
            cause = str(error) if isinstance(error, ImbalearnError) else f"{type(error).__name__}: {error}"
            causes.setdefault(cause, "x".join(map(str, shape)))
        else:
            return shape
    if len(causes) == 1:
        raise ComponentError(next(iter(causes)))
    tried = "; ".join(f"for {shape}: {cause:.300}" for cause, shape in causes.items())
    raise ComponentError(f"expected a backbone for one of the inputs that were tried, but {tried}")


def _run(subject: Subject) -> None:
    backbone = subject.build()
    if isinstance(backbone, nn.Module):
        with torch.no_grad():
            backbone.eval()(inputs_of(subject, 2))
