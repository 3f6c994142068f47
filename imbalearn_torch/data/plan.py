"""The epoch plan: which images each step sees, a pure function of (seed, epoch, sampler)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imbalearn_torch.blame import blamed_on
from imbalearn_torch.errors import ComponentError, OptionError
from imbalearn_torch.streams import Stream, generator, stream_seed

__all__ = ["Planner"]

_PLANS_AVERAGED = 8


class Planner:
    """Draws the plan of any epoch from a sampler, cut or continued to one length.

    Args:
        sampler: Has `plan(epoch, generator) -> int64 [M]`, or is a torch Sampler of indices.
        seed: The seed of the run.
        num_items: N: indices lie in 0..N-1; None: unknown, and they are only checked to be >= 0.
        stream: "plan", or "partner" for the second column of a mix.
        epoch_size: The length of every epoch; None: the sampler's attribute of this name, else N, else (N unknown) what
            the sampler gives for epoch 0.

    Raises:
        ComponentError: The object is no sampler, or its `epoch_size` no number >= 1.
    """

    def __init__(
        self,
        sampler: Any,
        *,
        seed: int,
        num_items: int | None = None,
        stream: Stream = "plan",
        epoch_size: int | None = None,
    ) -> None:
        self.sampler = sampler
        self.seed = seed
        self._num_items = num_items
        self._stream: Stream = stream
        self._label = f"the sampler {type(sampler).__name__}"
        self._plans = callable(getattr(sampler, "plan", None))
        if not self._plans and not hasattr(sampler, "__iter__"):
            raise ComponentError(
                f"Expected a sampler with `plan(epoch, generator)` or a torch Sampler, but got {type(sampler).__name__}"
            )
        self.epoch_size = self._length() if epoch_size is None else epoch_size

    def _length(self) -> int:
        size = getattr(self.sampler, "epoch_size", None)
        if size is not None:
            try:
                length = operator.index(size)
            except TypeError:
                length = 0
            if length < 1:
                raise ComponentError(f"Expected `epoch_size` of {self._label} to be an int >= 1, but got {size!r}")
            return length
        if self._num_items is not None:
            return self._num_items
        if self._plans:
            return self._checked(self.sampler.plan(0, generator(self.seed, self._stream, 0))).numel()
        try:
            return len(self.sampler)
        except TypeError:
            raise ComponentError(f"Expected {self._label} to have a length, or an `epoch_size` to be given") from None

    def epoch_plan(self, epoch: int) -> Tensor:
        """The indices of one epoch, int64 `[epoch_size]`.

        Raises:
            ComponentError: What the sampler gives is no plan.
        """
        return self._draw(epoch)

    def batches(self, epoch: int, batch_size: int) -> Tensor:
        """The plan as full batches, int64 `[epoch_size // batch_size, batch_size]`.

        Raises:
            ComponentError: What the sampler gives is no plan.
            OptionError: Not one batch is full.
        """
        steps = self.epoch_size // batch_size
        if steps == 0:
            raise OptionError(
                f"Expected a batch size of at most {self.epoch_size}, the length of an epoch, but got {batch_size}"
            )
        return self.epoch_plan(epoch)[: steps * batch_size].view(steps, batch_size)

    def class_distribution(self, epoch: int, targets: Tensor, num_classes: int) -> Tensor:
        """The distribution over classes that an epoch is drawn from: the sampler's word, or the mean of eight plans.

        Args:
            epoch: Counted from 0.
            targets: Labels, int64 `[N]`.
            num_classes: K.

        Returns:
            float64 `[K]`, summing to 1.

        Raises:
            ComponentError: The sampler's `class_distribution` is none, or what it draws is no plan.
        """
        stated = getattr(self.sampler, "class_distribution", None)
        if stated is not None:
            self._set_epoch(epoch)
            return self._checked_distribution(stated(epoch), num_classes)
        drawn = torch.zeros(num_classes, dtype=torch.int64)
        for repeat in range(1, _PLANS_AVERAGED + 1):
            drawn += torch.bincount(targets[self._draw(epoch, repeat)], minlength=num_classes)
        return drawn.double() / drawn.sum()

    def _set_epoch(self, epoch: int) -> None:
        if hasattr(self.sampler, "set_epoch"):
            self.sampler.set_epoch(epoch)

    def _draw(self, epoch: int, *keys: int) -> Tensor:
        self._set_epoch(epoch)
        if self._plans:
            source = generator(self.seed, self._stream, epoch, *keys)
            return self._filled(lambda: self.sampler.plan(epoch, source))
        with _seeded(self.sampler, stream_seed(self.seed, self._stream, epoch, *keys)):
            return self._filled(self._listed)

    def _filled(self, more: Callable[[], Any]) -> Tensor:
        """Plans one after the other until an epoch is full."""
        parts: list[Tensor] = []
        missing = self.epoch_size
        while missing > 0:
            with blamed_on("the sampler", self.sampler):
                planned = more()
            parts.append(self._checked(planned)[:missing])
            missing -= parts[-1].numel()
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _listed(self) -> Tensor:
        """What iterating a torch Sampler gives, at most one epoch of it: some never end."""
        indices = islice(iter(self.sampler), self.epoch_size)
        try:
            return torch.from_numpy(np.fromiter(map(operator.index, indices), dtype=np.int64))
        except TypeError as error:
            raise ComponentError(f"Expected {self._label} to yield one index at a time, but: {error}") from error

    def _checked(self, plan: Any) -> Tensor:
        if not isinstance(plan, Tensor):
            raise ComponentError(f"Expected {self._label} to plan an int64 tensor [M], but got {type(plan).__name__}")
        if plan.dtype != torch.int64 or plan.dim() != 1 or plan.device.type != "cpu":
            raise ComponentError(
                f"Expected {self._label} to plan an int64 tensor [M] on the CPU, but got {plan.dtype}"
                f" {list(plan.shape)} on {plan.device}"
            )
        if plan.numel() == 0:
            raise ComponentError(f"Expected {self._label} to plan at least one index, but got none")
        least, most = (int(end) for end in torch.aminmax(plan))
        if least < 0 or (self._num_items is not None and most >= self._num_items):
            last = "" if self._num_items is None else f"..{self._num_items - 1}"
            wrong = least if least < 0 else most
            raise ComponentError(f"Expected {self._label} to plan indices in 0{last}, but got {wrong}")
        return plan

    def _checked_distribution(self, stated: Any, num_classes: int) -> Tensor:
        try:
            distribution = torch.as_tensor(stated).detach().to(device="cpu", dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError):
            distribution = torch.empty(0)
        fits = distribution.shape == (num_classes,) and bool((distribution >= 0).all())
        total = float(distribution.sum())
        if not fits or not abs(total - 1) < 1e-3:
            shown = f"sum {total:g}" if fits else stated
            raise ComponentError(
                f"Expected `class_distribution` of {self._label} to be {num_classes} numbers >= 0 with the sum 1,"
                f" but got {shown}"
            )
        return distribution / total


@contextmanager
def _seeded(sampler: Any, seed: int) -> Iterator[None]:
    """Seed what a torch Sampler draws from, its own generator or torch's, and leave both as they were."""
    own = getattr(sampler, "generator", None)
    drawn_from = [own] if isinstance(own, torch.Generator) else []
    before = [each.get_state() for each in drawn_from]
    with torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which would seed the accelerators too, and these are not forked.
        for each in (torch.default_generator, *drawn_from):
            each.manual_seed(seed)
        try:
            yield
        finally:
            for each, state in zip(drawn_from, before, strict=True):
                each.set_state(state)
