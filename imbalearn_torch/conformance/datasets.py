"""What a data set has to keep."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Check, ConformanceError, Skip, checks, require
from imbalearn_torch.conformance.guards import generators_left_alone
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode, select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.errors import DataError, ImbalearnError
from imbalearn_torch.types import Dataset, Samples

__all__ = ["CHECKS"]

_RUN_VAL_FRACTION = 0.1


def the_record_is_sound(subject: Subject) -> None:
    """The factory returns a `Dataset` whose types, shapes, lengths and labels fit together."""
    try:
        check_dataset(_built(subject))
    except DataError as error:
        raise ConformanceError(str(error)) from error


def the_classes_have_different_names(subject: Subject) -> None:
    """The names of the classes are not empty, and no two are alike."""
    classes = _sound(subject).classes
    require(all(name.strip() for name in classes), f"expected a name for every class, but got {classes!r:.300}")
    twice = sorted({name for name in classes if classes.count(name) > 1})
    require(not twice, f"expected every class to have a name of its own, but several have {twice!r:.300}")


def samples_can_be_read(subject: Subject) -> None:
    """The first, middle and last sample of every part can be read, and all have one shape."""
    shapes = {name: list(found.shape[1:]) for name, found in _some_samples(_sound(subject)).items()}
    require(
        all(shape == shapes["training"] for shape in shapes.values()),
        f"expected the samples of all parts to have one shape, but got {shapes}",
    )


def mean_and_std_fit_the_channels(subject: Subject) -> None:
    """Where `mean` and `std` are given, they hold one number a channel, or a column of a table."""
    dataset = _sound(subject)
    given = {name: values for name in ("mean", "std") if (values := getattr(dataset, name)) is not None}
    if not given:
        raise Skip("it leaves mean and std to be computed")
    channels = _some_samples(dataset)["training"].shape[1]
    for name, values in given.items():
        require(
            len(values) == channels,
            f"expected `{name}` to hold one number for each of {channels} channels, but it holds {len(values)}",
        )


def the_same_options_give_the_same_data(subject: Subject) -> None:
    """Built twice, it has the same classes, targets and samples."""
    first, second = _sound(subject), _sound(subject)
    for name in ("classes", "mean", "std", "augment", "imbalance"):
        one, other = getattr(first, name), getattr(second, name)
        require(one == other, f"expected the same `{name}` when built twice, but got {one!r:.200} and {other!r:.200}")
    parts, again = _parts(first), _parts(second)
    require(parts.keys() == again.keys(), f"expected the same parts when built twice, but got {[*parts]}, {[*again]}")
    for name, part in parts.items():
        require(
            part.targets.equal(again[name].targets),
            f"expected the same {name} targets with the same options and seed, but they differ",
        )
    samples = _some_samples(second)
    for name, found in _some_samples(first).items():
        require(
            found.equal(samples[name]),
            f"expected the same {name} samples with the same options and seed, but they differ",
        )


def its_default_imbalance_is_a_profile(subject: Subject) -> None:
    """What `imbalance` names is a profile, and there are enough images for it."""
    dataset = _sound(subject)
    try:
        profile = PROFILES.resolve(dataset.imbalance)
        select(dataset, imbalance=profile, subset_seed=0, seed=0, val_fraction=_RUN_VAL_FRACTION)
    except ImbalearnError as error:
        raise ConformanceError(f"expected a run to begin with imbalance {dataset.imbalance!r}, but {error}") from error


def its_default_augmentation_fits(subject: Subject) -> None:
    """What `augment` names is a chain of augmentations, and they fit the images."""
    dataset = _sound(subject)
    samples = _some_samples(dataset)["training"]
    try:
        chain = AUGMENTATIONS.resolve_chain(dataset.augment)
        if chain and samples.dim() == 4:
            augment = Augment(chain, (0,) * samples.shape[1])
            height, width = samples.shape[2:]
            augment.apply(samples, augment.draw(len(samples), height, width, torch.Generator()))
    except ImbalearnError as error:
        raise ConformanceError(
            f"expected augmentations that fit, but `augment` is {dataset.augment!r}: {error}"
        ) from error
    require(
        not chain or samples.dim() == 4, f"expected no augmentation of a table, but `augment` is {dataset.augment!r}"
    )


def it_draws_from_torch_alone(subject: Subject) -> None:
    """Building it and reading samples leave numpy's and Python's global generators alone."""
    with generators_left_alone("building it", torch_too=False):
        dataset = _sound(subject)
    with generators_left_alone("reading samples", torch_too=False):
        _some_samples(dataset)


def _built(subject: Subject) -> Dataset:
    try:
        return subject.build()
    except ImbalearnError as error:  # no missing files: the suite has built it before
        raise ConformanceError(f"expected it to be built as often as wanted, but the second time {error}") from error


def _sound(subject: Subject) -> Dataset:
    dataset = _built(subject)
    try:
        check_dataset(dataset)
    except DataError as error:
        raise Skip("the-record-is-sound failed") from error
    return dataset


def _parts(dataset: Dataset) -> dict[str, Samples]:
    every = {"training": dataset.train, "test": dataset.test, "validation": dataset.validation}
    return {name: part for name, part in every.items() if part is not None}


def _some_samples(dataset: Dataset) -> dict[str, Tensor]:
    """The first, middle and last sample of each part."""
    found = {}
    for name, part in _parts(dataset).items():
        size = part.targets.numel()
        rows = sorted({0, size // 2, size - 1})
        try:
            found[name] = decode(part.inputs, torch.tensor(rows))
        except DataError as error:
            raise ConformanceError(f"expected the {name} samples {rows} to be read, but {error}") from error
    return found


CHECKS: tuple[Check, ...] = checks(
    the_record_is_sound,
    the_classes_have_different_names,
    samples_can_be_read,
    mean_and_std_fit_the_channels,
    the_same_options_give_the_same_data,
    its_default_imbalance_is_a_profile,
    its_default_augmentation_fits,
    it_draws_from_torch_alone,
)
