"""Open a data set, choose its parts, and bring them into memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.blame import blamed_on
from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import channel_statistics, decode, select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.selection import Part, Selection
from imbalearn_torch.errors import ComponentError, ConfigError, DataError
from imbalearn_torch.experiments.building import built
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.types import Dataset, Samples

__all__ = ["OpenData", "data_root", "open_data"]


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
    """

    dataset: Dataset
    selection: Selection
    imbalance: str
    augment: str
    targets: Tensor
    warnings: list[str]
    _train: Tensor | None = None
    _statistics: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        return self.dataset.classes

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) or (D,), from one image."""
        if self._train is not None:
            return tuple(self._train.shape[1:])
        return _shape(self.selection.train)

    @property
    def inputs(self) -> Tensor:
        """The training part in memory: uint8 `[N, C, H, W]` or float32 `[N, D]`; decoded at the first use."""
        if self._train is None:
            part = self.selection.train
            self._train = decode(part.source.inputs, part.indices)
        return self._train

    def validation(self) -> Samples | None:
        """The validation part in memory."""
        part = self.selection.val
        if part is None or not part.indices.numel():
            return None
        return Samples(decode(part.source.inputs, part.indices), part.targets)

    def test(self) -> Samples:
        """The test part in memory."""
        part = self.selection.test
        return Samples(decode(part.source.inputs, part.indices), part.targets)

    def statistics(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and standard deviation of each channel: the data set's own, or those of the training part."""
        if self._statistics is None:
            mean, std = self.dataset.mean, self.dataset.std
            if mean is None or std is None:
                computed = channel_statistics(self.inputs)
                mean, std = mean or computed[0], std or computed[1]
            self._statistics = (mean, std)
        return self._statistics

    def augmentation(self, mean: tuple[float, ...]) -> Augment:
        """The chain of augmentations, told the mean colour."""
        return Augment(AUGMENTATIONS.resolve_chain(self.augment), tuple(round(255 * each) for each in mean))

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
        """
        self.statistics()  # of the images there are, so that no sampler changes how the others are normalised
        seed_default_generators(seed, "fit")
        with blamed_on("the sampler", sampler):
            made = sampler.fit_resample(self.inputs, self.targets)
        self._train, self.targets = _checked_samples(made, self.inputs, len(self.classes), type(sampler).__name__)
        if hasattr(sampler, "plan"):
            return sampler
        drawn = resolve("sampler", f"instance:epoch_size={length}", registry)
        return drawn.build(targets=self.targets, num_classes=len(self.classes), epochs=epochs)


def _checked_samples(made: Any, inputs: Tensor, classes: int, name: str) -> tuple[Tensor, Tensor]:
    """What `fit_resample` of a sampler, by anybody, returned."""
    who = f"`fit_resample` of {name}"
    if not isinstance(made, tuple) or len(made) != 2 or not all(isinstance(each, Tensor) for each in made):
        raise ComponentError(f"Expected {who} to return two tensors, inputs and targets, but got {made!r:.80}")
    samples, targets = made
    if samples.shape[1:] != inputs.shape[1:] or samples.dtype != inputs.dtype or samples.device.type != "cpu":
        raise ComponentError(
            f"Expected {who} to keep {list(inputs.shape[1:])} {inputs.dtype} on the CPU, but got "
            f"{list(samples.shape[1:])} {samples.dtype} on {samples.device}"
        )
    if targets.shape != samples.shape[:1] or targets.is_floating_point() or not targets.numel():
        raise ComponentError(
            f"Expected {who} to give one whole label a sample, and at least one, but got {len(samples)} samples and "
            f"labels {list(targets.shape)} {targets.dtype}"
        )
    if int(targets.min()) < 0 or int(targets.max()) >= classes:
        raise ComponentError(
            f"Expected {who} to give labels in 0..{classes - 1}, but got {int(targets.min())}..{int(targets.max())}"
        )
    return samples.contiguous(), targets.to(torch.int64)


def _shape(part: Part) -> tuple[int, ...]:
    return tuple(decode(part.source.inputs, part.indices[:1]).shape[1:])


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
    config, component = run.config, run.components["data"]
    seed_default_generators(config.subset_seed or 0, "subset")
    dataset = built(component, root=root, seed=config.subset_seed)
    warnings = list(check_dataset(dataset))
    imbalance = PROFILES.resolve(config.imbalance or dataset.imbalance)
    chain = AUGMENTATIONS.resolve_chain(config.augment or dataset.augment)
    augment = "+".join(map(str, chain)) or "none"
    selection = select(
        dataset,
        imbalance=imbalance,
        subset_seed=config.subset_seed or 0,
        seed=config.seed,
        val_fraction=config.val_fraction,
    )
    warnings += selection.warnings
    targets = selection.train.targets
    if not targets.numel():
        raise ConfigError([f"the training part of data set {config.data!r} has no image left after the validation cut"])
    _check_shapes(selection)
    return OpenData(dataset, selection, str(imbalance), augment, targets, warnings)
