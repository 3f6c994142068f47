"""Open a data set, choose its parts, and bring them into memory or make them ready to be streamed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imbalearn_torch.blame import blamed_on, name_of
from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.memory import processor_cores
from imbalearn_torch.data.prepare import channel_statistics, decode, memory_shortage, moments_of_images, select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.selection import Part, Selection
from imbalearn_torch.data.unreadable import Skipped, find_unreadable
from imbalearn_torch.data.workers import Decoder, worker_failures
from imbalearn_torch.errors import ConfigError, DataError, UnreadableError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.make_dataset import make_dataset
from imbalearn_torch.experiments.new_samples import checked_samples
from imbalearn_torch.experiments.readable import require_readable
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.streams import generator, seed_default_generators
from imbalearn_torch.types import Dataset, Samples

__all__ = ["OpenData", "data_root", "open_data"]

_SAMPLE = 2000  # images that mean and deviation are computed of where not all are in memory
_TRIED = 100  # images of a part, of which one should be readable


@dataclass
class OpenData:
    """The parts of a data set that a run uses.

    Args:
        dataset: As its factory made it.
        selection: Which images.
        imbalance: The profile, in full spelling.
        augment: The augmentation, in full spelling.
        targets: Of the training part, int64 `[N]`.
        warnings: Sentences for the user.
        workers: Processes that decode images as they are needed; None: all images are held in memory.
        seed: Of the images that stand for all where not all are in memory.
        skipped: Images that take no part, because they cannot be read.
    """

    dataset: Dataset
    selection: Selection
    imbalance: str
    augment: str
    targets: Tensor
    warnings: list[str]
    workers: int | None = None
    seed: int = 0
    skipped: Skipped = field(default_factory=lambda: Skipped.none(0))
    _train: Tensor | None = None
    _held: dict[str, Tensor] = field(default_factory=dict)
    _shape: tuple[int, ...] | None = None
    _statistics: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        return self.dataset.classes

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) or (D,), from one image."""
        if self._train is not None:
            return tuple(self._train.shape[1:])
        if self._shape is None:
            self._shape = _shape(self.selection.train)
        return self._shape

    @property
    def inputs(self) -> Tensor | Rows:
        """The training part: uint8 `[N, C, H, W]` or float32 `[N, D]`, decoded at the first use.

        Or its rows: of what is streamed, or of a tensor of the data set's own, of which there is no second copy.
        """
        if self._train is not None:
            return self._train
        made = self._inputs("train", self.selection.train)
        if isinstance(made, Tensor):
            self._train = made
        return made

    def validation(self) -> Samples | None:
        """The validation part, as `inputs` are."""
        part = self.selection.val
        if part is None or not part.indices.numel():
            return None
        return Samples(self._inputs("validation", part), part.targets)

    def test(self) -> Samples:
        """The test part, as `inputs` are."""
        return Samples(self._inputs("test", self.selection.test), self.selection.test.targets)

    @property
    def parts(self) -> dict[str, Part]:
        """The parts that hold images, by name."""
        named = {"train": self.selection.train, "validation": self.selection.val, "test": self.selection.test}
        return {name: part for name, part in named.items() if part is not None and part.indices.numel()}

    def hold(self, name: str) -> None:
        """Decode a part now, and keep it until it is asked for.

        Raises:
            UnreadableError: Images of it cannot be used.
        """
        if name == "train":
            _ = self.inputs
        elif name not in self._held:
            self._held[name] = decode(self.parts[name].source.inputs, self.parts[name].indices)

    def _inputs(self, name: str, part: Part) -> Tensor | Rows:
        inputs = part.source.inputs
        is_cut = isinstance(inputs, Tensor) and inputs.is_contiguous() and len(inputs) > part.indices.numel()
        if self.workers is not None or is_cut:
            return Rows(inputs, part.indices, self.input_shape)
        return self._held[name] if name in self._held else decode(inputs, part.indices)

    def statistics(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and standard deviation of each channel: the data set's own, or those of the training part.

        Of data that are streamed at most 2,000 training images are looked at, drawn by the subset's seed.
        """
        if self._statistics is None:
            mean, std = self.dataset.mean, self.dataset.std
            if mean is None or std is None:
                inputs = self.inputs
                if isinstance(inputs, Tensor) or self.workers is None:
                    computed = channel_statistics(inputs)
                else:
                    computed = self._sampled(inputs)
                mean, std = mean or computed[0], std or computed[1]
            self._statistics = (mean, std)
        return self._statistics

    @worker_failures()
    def _sampled(self, rows: Rows) -> tuple[tuple[float, ...], tuple[float, ...]]:
        order = torch.randperm(len(rows), generator=generator(self.seed, "statistics"))
        chosen = order[:_SAMPLE].sort().values
        if len(rows.shape) == 1:
            return channel_statistics(rows.read(chosen.numpy()))
        return moments_of_images(Decoder(rows, self.workers or 0).batches(chosen.split(_SAMPLE // 20)))

    def augmentation(self, mean: tuple[float, ...], epochs: int) -> Augment:
        """The chain of augmentations, told the mean colour and the length of the run."""
        return Augment(AUGMENTATIONS.resolve_chain(self.augment), tuple(round(255 * each) for each in mean), epochs)

    def resample(self, sampler: Any, length: int, registry: Registry, epochs: int, seed: int) -> Any:
        """Let a sampler that makes new samples replace the training part.

        Args:
            sampler: Has `fit_resample`.
            length: Of an epoch.
            registry: Where `instance` is found.
            epochs: Of the run.
            seed: Of torch's default generators meanwhile.

        Returns:
            What draws the epochs: the sampler, or `instance` where it has no `plan`.

        Raises:
            DataError: The training part is not in memory.
        """
        if self.workers is not None:
            raise DataError(
                f"sampler {name_of(sampler)} makes new samples from the whole training part, which has to be in memory "
                "for that; use --loader memory"
            )
        inputs = self.inputs
        inputs = inputs.read(np.arange(len(inputs))) if isinstance(inputs, Rows) else inputs
        self.statistics()  # of the images there are, so that no sampler changes how the others are normalised
        seed_default_generators(seed, "fit")
        with blamed_on("the sampler", sampler):
            made = sampler.fit_resample(inputs, self.targets)
        self._train, self.targets = checked_samples(made, inputs, len(self.classes), type(sampler).__name__)
        if hasattr(sampler, "plan"):
            return sampler
        drawn = resolve("sampler", f"instance:epoch_size={length}", registry)
        return drawn.build(targets=self.targets, num_classes=len(self.classes), epochs=epochs)


def _first(part: Part) -> Tensor:
    """The first sample that can be read; that others cannot is told of all of them together."""
    problems: tuple[str, ...] = ()
    for row in part.indices[:_TRIED].split(1):
        try:
            return decode(part.source.inputs, row)[0]
        except UnreadableError as error:
            problems += error.problems
    raise UnreadableError(f"of {part.indices.numel()} images the first {len(problems)} cannot be used", problems)


def _shape(part: Part) -> tuple[int, ...]:
    return tuple(_first(part).shape)


def _check_shapes(selection: Selection) -> None:
    """One image of each part, so that a misfit is found before training and not after it."""
    train = _shape(selection.train)
    for name, part in (("validation", selection.val), ("test", selection.test)):
        if part is not None and part.indices.numel() and _shape(part) != train:
            raise DataError(
                f"Expected all images of a run to have one shape, but training has {list(train)} and {name} "
                f"{list(_shape(part))}"
            )


def data_root() -> Path:
    """Where downloads go: $IMBALEARN_DATA, or a folder in the user's cache."""
    named = os.environ.get("IMBALEARN_DATA")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named).expanduser() if named else cache / "imbalearn-torch"


def open_data(run: ResolvedRun, root: Path) -> OpenData:
    """Make the data set, check it and choose its parts; nothing is decoded.

    Args:
        run: The resolved configuration.
        root: Folder for downloads.

    Raises:
        DataError: The data are missing, unreadable or inconsistent.
        ConfigError: The profile or the augmentation does not fit them.
    """
    config = run.config
    dataset, unreadable = make_dataset(run, root)
    warnings = list(check_dataset(dataset))
    skipped = Skipped.none(len(dataset.classes))
    if config.on_bad_image == "skip":
        skipped, unreadable = find_unreadable(dataset, _processes(config)), None
        warnings += _left_out(skipped, dataset)
    imbalance = PROFILES.resolve(config.imbalance or dataset.imbalance)
    chain = AUGMENTATIONS.resolve_chain(config.augment or dataset.augment)
    augment = "+".join(map(str, chain)) or "none"
    selection = select(
        dataset,
        imbalance=imbalance,
        subset_seed=config.subset_seed or 0,
        seed=config.seed,
        val_fraction=config.val_fraction,
        without=skipped.rows,
    )
    warnings += selection.warnings
    targets = selection.train.targets
    if not targets.numel():
        raise ConfigError([f"the training part of data set {config.data!r} has no image left after the validation cut"])
    workers, why = _workers(config, selection)
    data = OpenData(
        dataset, selection, str(imbalance), augment, targets, warnings + why, workers, config.subset_seed or 0, skipped
    )
    if unreadable is not None:
        require_readable(data, unreadable)
    _check_shapes(selection)
    return data


def _left_out(skipped: Skipped, dataset: Dataset) -> list[str]:
    """A warning where images are left out.

    Raises:
        UnreadableError: No training image is left.
    """
    if len(skipped.rows.get("train", ())) == dataset.train.targets.numel():
        raise UnreadableError("not one training image can be read", skipped.problems)
    return [skipped.warning(dataset)] if skipped.problems else []


def _processes(config: RunConfig) -> int:
    """How many decode beside this one."""
    return max(1, processor_cores() - 1) if config.workers is None else config.workers


def _workers(config: RunConfig, selection: Selection) -> tuple[int | None, list[str]]:
    """How many processes decode the images while they are needed, None where all are held in memory; and why."""
    workers = _processes(config)
    if config.loader != "auto":
        return (workers if config.loader == "stream" else None), []
    parts = [part for part in (selection.train, selection.val, selection.test) if part is not None]
    sample = _first(selection.train)
    shortage = memory_shortage(sum(part.indices.numel() for part in parts), tuple(sample.shape), sample.element_size())
    if shortage is None:
        return None, []
    return workers, [f"{shortage}: they are streamed, and their mean and deviation estimated where not given"]
