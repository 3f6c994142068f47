"""Augmentations of torchvision: the same pictures as torchvision's own, from our generator alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.augment_policies import AutoAugment, PerImage, RandAugment, RandomErasing, TrivialAugment
from imbalearn_torch.errors import OptionError

COLOUR = (10, 120, 250)
TEXTS = ["randaugment:num_ops=3,magnitude=7", "autoaugment:policy=cifar10", "trivialaugment", "random-erasing:prob=0.7"]
ORACLES = {
    TEXTS[0]: v2.RandAugment(3, 7, fill=list(COLOUR)),
    TEXTS[1]: v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10, fill=list(COLOUR)),
    TEXTS[2]: v2.TrivialAugmentWide(fill=list(COLOUR)),
    TEXTS[3]: v2.RandomErasing(p=0.7, value=list(COLOUR)),  # pyright: ignore[reportArgumentType]
}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(size: int = 24, channels: int = 3) -> Tensor:
    return torch.randint(0, 256, (size, channels, 12, 10), dtype=torch.uint8, generator=seeded(99))


def chain(text: str, fill: tuple[int, ...] = COLOUR) -> Augment:
    return Augment(AUGMENTATIONS.resolve_chain(text), fill)


@pytest.mark.parametrize("text", TEXTS)
def test_each_image_is_torchvisions_under_the_drawn_seed(text: str) -> None:
    images, augment = pictures(), chain(text)
    (draws,) = augment.draw(24, 12, 10, seeded())
    for image, seed, got in zip(images, draws[:, 0].tolist(), augment.apply(images, [draws]), strict=True):
        torch.manual_seed(seed)
        assert torch.equal(got, ORACLES[text](image))


@pytest.mark.parametrize("text", TEXTS)
def test_the_generator_that_is_passed_decides_everything(text: str) -> None:
    images, augment = pictures(), chain(text)
    torch.manual_seed(1)
    first = augment.apply(images, augment.draw(24, 12, 10, seeded(5)))
    torch.manual_seed(2)
    again = augment.apply(images, augment.draw(24, 12, 10, seeded(5)))
    other = augment.apply(images, augment.draw(24, 12, 10, seeded(6)))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, images)


@pytest.mark.parametrize("text", TEXTS)
def test_the_global_generators_stand_where_they_stood(text: str) -> None:
    images, augment = pictures(), chain(text)
    torch.manual_seed(3)
    before, numbers = torch.get_rng_state(), np.random.get_state(legacy=False)  # noqa: NPY002
    augment.apply(images, augment.draw(24, 12, 10, seeded()))
    assert torch.equal(torch.get_rng_state(), before)
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert np.array_equal(numbers["state"]["key"], after["state"]["key"])


@pytest.mark.parametrize("text", TEXTS)
def test_a_slice_of_the_batch_is_augmented_as_in_the_whole_batch(text: str) -> None:
    images, augment = pictures(), chain(f"flip+{text}")
    draws = augment.draw(24, 12, 10, seeded())
    whole = augment.apply(images, draws)
    half = slice(12, 24)
    assert torch.equal(augment.apply(images[half], [each[half] for each in draws]), whole[half])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_in_bytes_out_and_the_input_left_alone(text: str, channels: int) -> None:
    images, augment = pictures(channels=channels), chain(text, COLOUR[:channels])
    before = images.clone()
    draws = augment.draw(24, 12, 10, seeded())
    assert draws[0].dtype == torch.int64
    assert draws[0].shape == (24, 1)
    result = augment.apply(images, draws)
    assert (result.dtype, result.shape) == (torch.uint8, images.shape)
    assert torch.equal(images, before)
    assert torch.equal(augment.apply(images.contiguous(memory_format=torch.channels_last), draws), result)


def test_an_image_is_a_draw_of_its_own() -> None:
    augment = chain(TEXTS[2])
    (draws,) = augment.draw(1000, 12, 10, seeded())
    assert draws.unique().numel() == 1000
    same = pictures(1).expand(24, -1, -1, -1)
    assert len({each.numpy().tobytes() for each in augment.apply(same, [draws[:24]])}) > 12


def test_random_erasing_covers_a_share_of_the_images_with_the_colour() -> None:
    black = torch.zeros(2000, 3, 12, 12, dtype=torch.uint8)
    augment = chain("random-erasing:prob=0.3,scale=[0.1,0.2],ratio=[0.5,2]")
    result = augment.apply(black, augment.draw(2000, 12, 12, seeded()))
    areas = (result[:, 0] > 0).sum(dim=(1, 2)) / 144
    hit = areas > 0
    assert float(hit.double().mean()) == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 2000))
    # Each side is rounded to whole pixels: by half of one at most, of sides between 2.6 and 7.6.
    assert 0.06 < float(areas[hit].min()) <= float(areas[hit].max()) < 0.26
    colours = result.permute(0, 2, 3, 1).flatten(0, 2).unique(dim=0).tolist()
    assert colours == [[0, 0, 0], list(COLOUR)]


def test_autoaugment_has_the_policies_of_torchvision() -> None:
    assert {each.value for each in v2.AutoAugmentPolicy} == {"cifar10", "imagenet", "svhn"}
    images = pictures()
    seeds = torch.arange(24)[:, None]
    numbers = AutoAugment(fill=COLOUR, policy="svhn").apply(images, seeds)
    assert not torch.equal(numbers, AutoAugment(fill=COLOUR).apply(images, seeds))


@pytest.mark.parametrize("make", [RandAugment, AutoAugment, TrivialAugment])
def test_images_of_many_channels_are_refused_by_name(make) -> None:
    augment = make(fill=(1, 2, 3, 4))
    with pytest.raises(OptionError, match=r"augment is for images of 1 or 3 channels, but these have 4"):
        augment.draw(2, 8, 8, seeded())
    assert RandomErasing(fill=(1, 2, 3, 4)).draw(2, 8, 8, seeded()).shape == (2, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("randaugment:num_ops=0", "augmentation 'randaugment': Expected `num_ops` to be >= 1, but got 0"),
        ("randaugment:num_ops=101", "augmentation 'randaugment': Expected `num_ops` to be at most 100, but got 101"),
        ("randaugment:magnitude=31", "augmentation 'randaugment': Expected `magnitude` to be in 0..30, but got 31"),
        ("randaugment:magnitude=-1", "augmentation 'randaugment': Expected `magnitude` to be in 0..30, but got -1"),
        ("random-erasing:prob=1.5", "augmentation 'random-erasing': Expected `prob` to be in [0, 1], but got 1.5"),
        (
            "random-erasing:scale=[0.4,0.2]",
            "augmentation 'random-erasing': Expected `scale` to be two shares in order, but got [0.4, 0.2]",
        ),
        (
            "random-erasing:ratio=[0,1]",
            "augmentation 'random-erasing': Expected `ratio` to be two numbers > 0 in order, but got [0.0, 1.0]",
        ),
        (
            "random-erasing:ratio=[1]",
            "augmentation 'random-erasing': Expected `ratio` to be two numbers > 0 in order, but got [1.0]",
        ),
    ],
)
def test_values_outside_their_range_are_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        chain(text)
    assert str(caught.value) == message


def test_policies_are_a_closed_list() -> None:
    with pytest.raises(OptionError, match="option 'policy' of augmentation 'autoaugment' expects Literal"):
        AUGMENTATIONS.resolve_chain("autoaugment:policy=mnist")


def test_the_largest_strength_works() -> None:
    assert isinstance(augment := RandAugment(fill=COLOUR, magnitude=30), PerImage)
    assert augment.apply(pictures(), torch.arange(24)[:, None]).shape == (24, 3, 12, 10)
