"""A component under test: how it is built, and on what data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.plugin.build import Resolved, typed_options
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.registry import Entry
from imbalearn_torch.plugin.spec import CONTEXT
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.streams import seed_default_generators

__all__ = ["EPOCHS", "LONG_TAIL", "Subject"]

LONG_TAIL = (40, 12, 5, 1, 0)  # a class of one image, and one without any; N >= 50
_ALL_PRESENT = (40, 12, 5, 2, 1)
_TWO_CLASSES = (40, 12)
EPOCHS = 4


@dataclass(frozen=True)
class Subject:
    """One component with one text of options.

    Args:
        entry: The component.
        options: What stands after `NAME:`.
        counts: Images of each class.
        folder: An empty folder for components that want one; the `root` of data sets.
    """

    entry: Entry
    options: str = ""
    counts: tuple[int, ...] = LONG_TAIL
    folder: Path = Path()

    @property
    def label(self) -> str:
        """KIND:NAME[:OPTIONS], as messages call it."""
        return ":".join(part for part in (self.entry.kind, self.entry.name, self.options) if part)

    @property
    def missing(self) -> tuple[str, ...]:
        """The options that must be given and are not."""
        given = parse_spec(f"x:{self.options}" if self.options else "x").options
        return tuple(each.name for each in self.entry.signature().options if each.required and each.name not in given)

    @cached_property
    def class_counts(self) -> Tensor:
        """int64 `[K]`."""
        return torch.tensor(self.counts)

    @cached_property
    def targets(self) -> Tensor:
        """Labels in an order that is not sorted, int64 `[N]`."""
        labels = torch.repeat_interleave(torch.arange(len(self.counts)), self.class_counts)
        return labels[torch.randperm(labels.numel(), generator=torch.Generator().manual_seed(0))]

    def context(self) -> dict[str, Any]:
        """What a factory of this kind may ask for."""
        every = {
            "targets": self.targets,
            "num_classes": len(self.counts),
            "epochs": EPOCHS,
            "class_counts": self.class_counts,
            "class_prior": normalised_prior(self.class_counts),
            "reduction": "none",
            "in_channels": 3,
            "image_size": 32,
            "input_shape": (3, 32, 32),
            "root": self.folder,
            "seed": 0,
        }
        return {name: every[name] for name in CONTEXT[self.entry.kind]}

    def build(self, **context: Any) -> Any:
        """Make the object, as a run would: default generators seeded, all of the context given.

        Args:
            context: In the place of what `context()` gives.
        """
        name = self.entry.full_name
        spec = parse_spec(f"{name}:{self.options}" if self.options else name)
        options = typed_options(f"{self.entry.kind} {self.entry.label!r}", self.entry.signature(), spec)
        seed_default_generators(0, "init")
        return Resolved(self.entry, options).build(**{**self.context(), **context})

    def fitted(self) -> Subject:
        """The subject with counts that it can be built with: some methods know two classes only.

        Raises:
            ImbalearnError: It cannot be built at all, or not where a class has no image.
        """
        try:
            self.build()
        except ImbalearnError as error:
            if self._builds(_ALL_PRESENT):
                raise
            if not self._builds(_TWO_CLASSES):
                raise error from None
            return replace(self, counts=_TWO_CLASSES)
        return self

    def _builds(self, counts: tuple[int, ...]) -> bool:
        try:
            replace(self, counts=counts).build()
        except ImbalearnError:
            return False
        return True
