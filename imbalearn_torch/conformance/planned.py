"""A sampler under test, drawn as the engine draws it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import ConformanceError, Skip
from imbalearn_torch.conformance.samplers_resample import FORMS, resampled
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.errors import ComponentError, OptionError
from imbalearn_torch.streams import generator

__all__ = ["Planned"]


@dataclass(frozen=True)
class Planned:
    """A sampler and the labels that its plans refer to.

    Args:
        sampler: What the factory made; where it makes new samples, after it has made them.
        targets: int64 `[N]`.
        epoch_size: The length of an epoch; None: the sampler's own.
    """

    sampler: Any
    targets: Tensor
    epoch_size: int | None = None

    @classmethod
    def of(cls, subject: Subject, **context: Any) -> Planned:
        """The sampler built with the subject's context.

        Raises:
            Skip: It makes new samples and has no plan of its own, or refuses to make any; or its options are somebody's
                own and do not fit `context`.
        """
        targets = context.get("targets", subject.targets)
        try:
            sampler = subject.build(**{**context, "targets": targets.clone()})
        except OptionError as error:
            if context and subject.options:
                raise Skip(f"with these options it refuses what is tried here: {error}") from error
            raise
        if not hasattr(sampler, "fit_resample"):
            return cls(sampler, targets)
        if not hasattr(sampler, "plan"):
            raise Skip("it has no plan of its own: the samples that it makes are drawn as `instance` draws")
        counts = torch.bincount(targets, minlength=len(subject.counts)).tolist()
        for form in FORMS:
            made = resampled(replace(subject, counts=tuple(counts)), form, plentiful=False)
            if made is not None:
                return cls(made.sampler, made.targets, getattr(made.sampler, "epoch_size", targets.numel()))
        raise Skip("it refuses to make new samples of these data")

    @property
    def has_plan(self) -> bool:
        """Whether it plans; a torch Sampler is listed instead."""
        return callable(getattr(self.sampler, "plan", None))

    def plan(self, epoch: int, seed: int = 0) -> Tensor:
        """The engine's plan of an epoch.

        Raises:
            ConformanceError: What the sampler gives is none.
        """
        try:
            return self._planner(seed).epoch_plan(epoch)
        except ComponentError as error:
            raise ConformanceError(str(error)) from error

    def distribution(self, epoch: int, num_classes: int) -> Tensor | None:
        """What the sampler states as its distribution over classes, float64 `[K]`; None: nothing.

        Raises:
            ConformanceError: It is no distribution.
        """
        if getattr(self.sampler, "class_distribution", None) is None:
            return None
        try:
            return self._planner(0).class_distribution(epoch, self.targets, num_classes)
        except ComponentError as error:
            raise ConformanceError(str(error)) from error

    def draws(self, epoch: int) -> bool:
        """Whether planning the epoch takes anything from a generator."""
        own = getattr(self.sampler, "generator", None)
        source = own if isinstance(own, torch.Generator) else torch.default_generator
        if self.has_plan:
            source = generator(0, "plan", epoch)
        before = source.get_state()
        self._raw(epoch, source)
        return not torch.equal(before, source.get_state())

    def two_plans(self, epoch: int) -> tuple[Any, Any]:
        """Two plans of an epoch, one after the other from one generator."""
        source = generator(0, "plan", epoch)
        return self._raw(epoch, source), self._raw(epoch, source)

    def require_own_plan(self) -> None:
        """See that there is a `plan`.

        Raises:
            Skip: It is a torch Sampler.
        """
        if not self.has_plan:
            raise Skip("it is a torch Sampler without `plan`")

    def _raw(self, epoch: int, source: torch.Generator) -> Any:
        if hasattr(self.sampler, "set_epoch"):
            self.sampler.set_epoch(epoch)
        if self.has_plan:
            return self.sampler.plan(epoch, source)
        return [index for index, _ in zip(self.sampler, self.targets, strict=False)]

    def _planner(self, seed: int) -> Planner:
        return Planner(self.sampler, seed=seed, num_items=self.targets.numel(), epoch_size=self.epoch_size)
