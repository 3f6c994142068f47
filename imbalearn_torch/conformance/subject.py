"""A component under test: how it is built, and on what data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.shapes import SHAPES, working_shape
from imbalearn_torch.errors import ComponentError, DataError, ImbalearnError
from imbalearn_torch.plugin.build import Resolved, typed_options
from imbalearn_torch.plugin.grammar import Bare, Spec, parse_spec
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
        seed: Of torch's default generators while it is built.
        input_shape: (C, H, W) or (D,): what a backbone is told and given.
    """

    entry: Entry
    options: str = ""
    counts: tuple[int, ...] = LONG_TAIL
    folder: Path = Path()
    seed: int = 0
    input_shape: tuple[int, ...] = SHAPES[0]

    @property
    def label(self) -> str:
        """KIND:NAME[:OPTIONS], as messages call it."""
        return ":".join(part for part in (self.entry.kind, self.entry.name, self.options) if part)

    @cached_property
    def spec(self) -> Spec:
        """Name and options as parsed; a data set that could download is told not to, unless the options say so."""
        name = self.entry.full_name
        spec = parse_spec(f"{name}:{self.options}" if self.options else name)
        return replace(spec, options={"download": Bare("false"), **spec.options}) if self._could_download else spec

    @property
    def missing(self) -> tuple[str, ...]:
        """The options that must be given and are not."""
        given = self.spec.options
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
        is_image = len(self.input_shape) == 3
        every = {
            "targets": self.targets.clone(),  # a factory that changes them harms no later check
            "num_classes": len(self.counts),
            "epochs": EPOCHS,
            "class_counts": self.class_counts.clone(),
            "class_prior": normalised_prior(self.class_counts),
            "reduction": "none",
            "in_channels": self.input_shape[0] if is_image else None,
            "image_size": self.input_shape[1] if is_image else None,
            "input_shape": self.input_shape,
            "root": self.folder,
            "seed": 0,
        }
        return {name: every[name] for name in CONTEXT[self.entry.kind]}

    def build(self, **context: Any) -> Any:
        """Make the object, as a run would: default generators seeded, all of the context given.

        Args:
            context: In the place of what `context()` gives.

        Raises:
            DataError: The files of a data set are not here.
            ImbalearnError: The factory refuses, or fails.
        """
        who = f"{self.entry.kind} {self.entry.label!r}"
        options = typed_options(who, self.entry.signature(), self.spec)
        seed_default_generators(self.seed, "init")
        try:
            return Resolved(self.entry, options).build(**{**self.context(), **context})
        except ComponentError as error:
            if self.entry.kind == "dataset" and isinstance(error.__cause__, self._signs_of_missing_files):
                raise DataError(f"{error}; where files are missing, a data set raises DataError") from error
            raise

    def fitted(self) -> Subject:
        """The subject with counts, and for a backbone with inputs, that it can be built with.

        Some methods know two classes only, and some networks images of one size, or tables.

        Raises:
            ImbalearnError: It cannot be built at all, or not where a class has no image.
        """
        try:
            return self._built()
        except ImbalearnError as error:
            if self.entry.kind == "dataset" or self._builds(_ALL_PRESENT):
                raise
            if not self._builds(_TWO_CLASSES):
                raise error from None
            return replace(self, counts=_TWO_CLASSES)._built()

    def _built(self) -> Subject:
        """Itself, if it can be built."""
        if self.entry.kind == "backbone":
            return replace(self, input_shape=working_shape(self))
        self.build()
        return self

    def _builds(self, counts: tuple[int, ...]) -> bool:
        try:
            replace(self, counts=counts)._built()
        except ImbalearnError:
            return False
        return True

    @property
    def _could_download(self) -> bool:
        return self.entry.kind == "dataset" and any(
            option.name == "download" and "bool" in option.annotation for option in self.entry.signature().options
        )

    @property
    def _signs_of_missing_files(self) -> tuple[type[Exception], ...]:
        # torchvision's data sets, told not to download, raise RuntimeError where there is no copy.
        return (OSError, RuntimeError) if self._could_download else (OSError,)
