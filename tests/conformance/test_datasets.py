"""Each check fails on a data set broken on purpose, and none on good ones by strangers."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from strangers import Files, good, images
from subjects import outcome_of, outcomes_of, subject_of
from torch import Tensor

from imbalearn_torch import Dataset, Samples
from imbalearn_torch.conformance.datasets import CHECKS
from imbalearn_torch.errors import DataError

NAMES = {check.name for check in CHECKS}


def rich(*, root: Path, seed: int = 0, ratio: float = 2.0) -> Dataset:
    """Everything that a record can hold."""
    return Dataset(
        train=images(seed=seed),
        test=images(6),
        validation=images(3),
        classes=("a", "b", "c"),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        augment="crop:pad=2+flip",
        imbalance=f"exp:ratio={ratio}",
    )


def table() -> Dataset:
    rows = torch.linspace(0, 1, 40).reshape(20, 2)
    part = Samples(rows, torch.arange(20) % 2)
    return Dataset(train=part, test=None, classes=("no", "yes"), mean=(0.5, 0.5), std=(1.0, 1.0))


def lazy() -> Dataset:
    return replace(good(), train=Samples(Files(), torch.arange(30) % 3), mean=(0.1, 0.2, 0.3))


def drawn() -> Dataset:
    """Torch's default generators are seeded before."""
    return replace(good(), train=Samples(torch.randint(0, 256, (9, 3, 8, 8)).byte(), torch.randint(0, 3, (9,))))


@pytest.mark.parametrize("factory", [good, rich, table, lazy, drawn])
def test_good_strangers_pass(factory: Any, tmp_path: Path) -> None:
    outcomes = outcomes_of(subject_of("dataset", factory, folder=tmp_path))
    assert {name: each.message for name, each in outcomes.items() if each.status == "failed"} == {}
    skipped = {name for name, each in outcomes.items() if each.status == "skipped"}
    assert skipped == (set() if factory in (rich, table, lazy) else {"mean-and-std-fit-the-channels"})


def as_tuple() -> Any:
    return images(), images()


def float_labels() -> Dataset:
    return replace(good(), train=Samples(images().inputs, images().targets.float()))


def label_beyond() -> Dataset:
    return replace(good(), classes=("a", "b"))


def one_input_more() -> Dataset:
    return replace(good(), train=Samples(images(31).inputs, images(30).targets))


def names_alike() -> Dataset:
    return replace(good(), classes=("a", "b", "a"))


def name_empty() -> Dataset:
    return replace(good(), classes=("a", " ", "c"))


class TooFew(Files):
    def __getitem__(self, index: int) -> Tensor:
        if index > 20:
            raise IndexError(index)
        return super().__getitem__(index)


def too_few() -> Dataset:
    return replace(good(), train=Samples(TooFew(), torch.arange(30) % 3))


class AsFloats(Files):
    def __getitem__(self, index: int) -> Tensor:
        return super().__getitem__(index) / 255


def as_floats() -> Dataset:
    return replace(good(), train=Samples(AsFloats(), torch.arange(30) % 3))


class OfManySizes(Files):
    def __getitem__(self, index: int) -> Tensor:
        return torch.zeros(3, 8, 8 + index % 4, dtype=torch.uint8)


def of_many_sizes() -> Dataset:
    return replace(good(), train=Samples(OfManySizes(), torch.arange(30) % 3))


def larger_test() -> Dataset:
    return replace(lazy(), test=images(side=9))


def one_mean() -> Dataset:
    return replace(lazy(), mean=(0.5,))


def two_stds() -> Dataset:
    return replace(lazy(), std=(0.5, 0.5))


def unseeded_labels() -> Dataset:
    order = np.random.default_rng().permutation(30)
    return replace(good(), train=Samples(images().inputs, images().targets[torch.from_numpy(order)]))


def unseeded_pixels() -> Dataset:
    return replace(good(), train=images(seed=random.SystemRandom().randrange(2**32)))


class Noisy(Files):
    def __getitem__(self, index: int) -> Tensor:
        pixels = np.random.default_rng().integers(0, 256, (3, 8, 8), dtype=np.uint8)
        return torch.from_numpy(pixels)


def noisy_reading() -> Dataset:
    return replace(good(), train=Samples(Noisy(), torch.arange(30) % 3))


def classes_of_a_set() -> Dataset:
    return replace(good(), classes=("a", "b", f"c{random.SystemRandom().randrange(2**32)}"))


def a_test_part_now_and_then(*, root: Path) -> Dataset:
    built = root / "built"
    count = int(built.read_text()) if built.exists() else 0
    built.write_text(str(count + 1))
    return replace(good(), test=None) if count % 2 else good()


def only_twice(*, root: Path) -> Dataset:
    built = root / "built"
    if built.exists():
        raise DataError("they have been moved")
    built.touch()
    return good()


def unknown_profile() -> Dataset:
    return replace(good(), imbalance="expo:ratio=10")


def greedy_profile() -> Dataset:
    return replace(good(), imbalance="step:n_max=100,head=1")


def unknown_augmentation() -> Dataset:
    return replace(good(), augment="crop+rotate")


def large_crop() -> Dataset:
    return replace(good(), augment="crop:pad=8")


def augmented_table() -> Dataset:
    return replace(table(), augment="flip")


def shuffles_with_numpy() -> Dataset:
    np.random.shuffle([1, 2, 3])  # noqa: NPY002
    return good()


def seeds_python() -> Dataset:
    random.seed(0)
    return good()


class Jitters(Files):
    def __getitem__(self, index: int) -> Tensor:
        random.random()
        return super().__getitem__(index)


def jitters() -> Dataset:
    return replace(good(), train=Samples(Jitters(), torch.arange(30) % 3))


SOUND, READ, SAME = "the-record-is-sound", "samples-can-be-read", "the-same-options-give-the-same-data"
NAMED, FIT, DRAWS = "the-classes-have-different-names", "mean-and-std-fit-the-channels", "it-draws-from-torch-alone"
PROFILE, AUGMENT = "its-default-imbalance-is-a-profile", "its-default-augmentation-fits"
BROKEN = [
    (as_tuple, SOUND, "to return an imbalearn_torch.Dataset, but got tuple"),
    (float_labels, SOUND, "targets must be int64 [N], but are torch.float32"),
    (label_beyond, SOUND, "targets must be in 0..1, but row 2 is 2"),
    (one_input_more, SOUND, "has 31 inputs, but 30 targets"),
    (names_alike, NAMED, "a name of its own, but several have ['a']"),
    (name_empty, NAMED, "a name for every class, but got ('a', ' ', 'c')"),
    (too_few, READ, "the training samples [0, 15, 29] to be read, but 1 of 3 images cannot be used: image 29: Index"),
    (as_floats, READ, "expected uint8 [C, H, W], but got torch.float32 [3, 8, 8]"),
    (of_many_sizes, READ, "image 15 is [3, 8, 11], but image 0 is [3, 8, 8]"),
    (larger_test, READ, "to have one shape, but got {'training': [3, 8, 8], 'test': [3, 9, 9]}"),
    (one_mean, FIT, "expected `mean` to hold one number for each of 3 channels, but it holds 1"),
    (two_stds, FIT, "expected `std` to hold one number for each of 3 channels, but it holds 2"),
    (unseeded_labels, SAME, "the same training targets with the same options and seed"),
    (unseeded_pixels, SAME, "the same training samples with the same options and seed"),
    (noisy_reading, SAME, "the same training samples with the same options and seed"),
    (classes_of_a_set, SAME, "the same `classes` when built twice, but got ('a', 'b', 'c"),
    (a_test_part_now_and_then, SAME, "the same parts when built twice, but got ['training'], ['training', 'test']"),
    (only_twice, SOUND, "built as often as wanted, but the second time dataset 'local/broken': they have been moved"),
    (unknown_profile, PROFILE, "no imbalance named 'expo'; did you mean 'exp'?"),
    (greedy_profile, PROFILE, "class 0 wants 100 but has 10"),
    (unknown_augmentation, AUGMENT, "`augment` is 'crop+rotate': no augmentation named 'rotate'"),
    (large_crop, AUGMENT, "Expected `pad` of crop to be smaller than the image (8x8), but got 8"),
    (augmented_table, AUGMENT, "expected no augmentation of a table, but `augment` is 'flip'"),
    (shuffles_with_numpy, DRAWS, "expected building it to draw"),
    (seeds_python, DRAWS, "Python's global generator"),
    (jitters, DRAWS, "expected reading samples to draw"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("factory", "check", "message"), BROKEN, ids=[f"{case[0].__name__}-{case[1]}" for case in BROKEN]
)
def test_broken_on_purpose(factory: Any, check: str, message: str, tmp_path: Path) -> None:
    outcome = outcome_of(subject_of("dataset", factory, folder=tmp_path), check)
    assert outcome.status == "failed"
    assert message in outcome.message


def test_every_check_has_a_data_set_that_breaks_it() -> None:
    assert {check for _, check, _ in BROKEN} == NAMES
