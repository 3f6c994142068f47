"""Augmentations in batches against torchvision image by image."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats
from torch import Tensor
from torchvision.transforms.v2 import functional as vision

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment, Crop, Cutout, Flip
from imbalearn_torch.errors import OptionError, UnknownComponentError

COLOUR = (10, 120, 250)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(size: int = 40, height: int = 9, width: int = 12, channels: int = 3) -> Tensor:
    return torch.randint(0, 256, (size, channels, height, width), dtype=torch.uint8, generator=seeded(99))


def whole_chain() -> Augment:
    return Augment(AUGMENTATIONS.resolve_chain("crop:pad=3+flip+cutout:size=4"), COLOUR)


@pytest.mark.parametrize("mode", ["reflect", "constant"])
@pytest.mark.parametrize("pad", [1, 4, 8])
def test_crop_is_torchvisions_pad_and_crop(mode, pad: int) -> None:
    images = pictures()
    crop = Crop(fill=COLOUR, pad=pad, mode=mode)
    draws = crop.draw(40, 9, 12, seeded())
    result = crop.apply(images, draws)
    for image, (down, right), got in zip(images, draws.tolist(), result, strict=True):
        if mode == "reflect":
            padded = vision.pad(image, [pad] * 4, padding_mode="reflect")
        else:
            # Channel by channel: torchvision fills a tensor with one number.
            padded = torch.cat([vision.pad(image[c : c + 1], [pad] * 4, fill=COLOUR[c]) for c in range(3)])
        assert torch.equal(got, vision.crop(padded, pad + down, pad + right, 9, 12))


def test_a_constant_crop_may_leave_the_image_behind() -> None:
    crop = Crop(fill=COLOUR, pad=20, mode="constant")
    moved = crop.apply(pictures(1), torch.tensor([[15, 0]]))
    assert torch.equal(moved, torch.tensor(COLOUR, dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 9, 12))


@pytest.mark.parametrize("axis", [0, 1])
def test_crop_shifts_are_uniform_and_each_images_own(axis: int) -> None:
    draws = Crop(fill=COLOUR, pad=3).draw(7000, 9, 12, seeded())
    counts = torch.bincount(draws[:, axis] + 3, minlength=7)
    assert counts.numel() == 7
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3
    pairs = torch.bincount((draws[:, 0] + 3) * 7 + draws[:, 1] + 3, minlength=49)
    assert stats.chisquare(pairs.numpy()).pvalue > 1e-3  # one axis says nothing of the other


def test_a_reflection_cannot_reach_beyond_the_image() -> None:
    with pytest.raises(OptionError, match=r"`pad` of crop to be smaller than the image \(9x12\), but got 9"):
        Crop(fill=COLOUR, pad=9).draw(1, 9, 12, seeded())
    assert Crop(fill=COLOUR, pad=9, mode="constant").draw(1, 9, 12, seeded()).shape == (1, 2)


def test_flip_mirrors_half_of_the_images() -> None:
    images = pictures(2000, 2, 3)
    draws = Flip().draw(2000, 2, 3, seeded())
    result = Flip().apply(images, draws)
    for image, drawn, got in zip(images, draws[:, 0].tolist(), result, strict=True):
        assert torch.equal(got, vision.horizontal_flip(image) if drawn else image)
    assert float(draws.double().mean()) == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 2000))


@pytest.mark.parametrize("size", [1, 3, 4, 50])
def test_cutout_covers_a_square_with_the_colour(size: int) -> None:
    images = pictures(60)
    cutout = Cutout(fill=COLOUR, size=size)
    draws = cutout.draw(60, 9, 12, seeded())
    expected = images.clone()
    for image, (top, left) in zip(expected, draws.tolist(), strict=True):
        for row in range(9):
            for column in range(12):
                if top <= row < top + size and left <= column < left + size:
                    image[:, row, column] = torch.tensor(COLOUR, dtype=torch.uint8)
    assert torch.equal(cutout.apply(images, draws), expected)


def test_cutout_covers_size_squared_pixels_away_from_the_border() -> None:
    black = torch.zeros(500, 1, 30, 30, dtype=torch.uint8)
    cutout = Cutout(fill=(255,), size=6)
    draws = cutout.draw(500, 30, 30, seeded())
    inside = ((draws >= 0) & (draws <= 24)).all(dim=1)
    covered = (cutout.apply(black, draws) == 255).sum(dim=(1, 2, 3))
    assert int(inside.sum()) > 200
    assert set(covered[inside].tolist()) == {36}
    assert 9 <= int(covered.min()) < 36  # a corner: half a side each way, and half of it outside


def test_cutout_centres_are_uniform() -> None:
    draws = Cutout(fill=COLOUR, size=4).draw(9000, 5, 6, seeded()) + 2
    cells = torch.bincount(draws[:, 0] * 6 + draws[:, 1], minlength=30)
    assert cells.numel() == 30
    assert stats.chisquare(cells.numpy()).pvalue > 1e-3


def test_a_slice_of_the_batch_is_augmented_as_in_the_whole_batch() -> None:
    images, augment = pictures(), whole_chain()
    draws = augment.draw(40, 9, 12, seeded())
    whole = augment.apply(images, draws)
    for start in range(0, 40, 10):
        part = slice(start, start + 10)
        assert torch.equal(augment.apply(images[part], [each[part] for each in draws]), whole[part])


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_in_bytes_out_and_the_input_left_alone(channels: int) -> None:
    augment = Augment(AUGMENTATIONS.resolve_chain("crop:pad=3,mode=constant+flip+cutout:size=4"), COLOUR[:channels])
    images = pictures(channels=channels)
    before = images.clone()
    draws = augment.draw(40, 9, 12, seeded())
    result = augment.apply(images, draws)
    assert (result.dtype, result.shape) == (torch.uint8, images.shape)
    assert not torch.equal(result, before)
    assert torch.equal(images, before)
    assert torch.equal(augment.apply(images.contiguous(memory_format=torch.channels_last), draws), result)


def test_draws_come_from_the_generator_alone_one_row_an_image() -> None:
    augment = whole_chain()
    first = augment.draw(40, 9, 12, seeded(5))
    torch.rand(3)
    again = augment.draw(40, 9, 12, seeded(5))
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert all(each.dtype == torch.int64 and each.shape[0] == 40 and each.device.type == "cpu" for each in first)


def test_a_longer_chain_draws_the_same_for_its_first_links() -> None:
    short = Augment(AUGMENTATIONS.resolve_chain("crop:pad=3"), COLOUR).draw(40, 9, 12, seeded())
    assert torch.equal(short[0], whole_chain().draw(40, 9, 12, seeded())[0])


def test_none_is_the_empty_chain() -> None:
    empty = Augment(AUGMENTATIONS.resolve_chain("none"), COLOUR)
    assert not empty
    assert whole_chain()
    images = pictures()
    assert empty.apply(images, empty.draw(40, 9, 12, seeded())) is images


def test_the_spelling_carries_every_option() -> None:
    chain = AUGMENTATIONS.resolve_chain("Crop+flip+cutout:size=3")
    assert "+".join(map(str, chain)) == "crop:pad=4,mode=reflect+flip+cutout:size=3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("crop:pad=0", "augmentation 'crop': Expected `pad` to be >= 1, but got 0"),
        ("cutout:size=0", "augmentation 'cutout': Expected `size` to be >= 1, but got 0"),
        # More than int64 holds was an OverflowError.
        (
            f"crop:pad={10**20},mode=constant",
            f"augmentation 'crop': Expected `pad` to be at most 65536, but got {10**20}",
        ),
        (f"cutout:size={10**20}", f"augmentation 'cutout': Expected `size` to be at most 65536, but got {10**20}"),
    ],
)
def test_values_outside_their_range_are_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Augment(AUGMENTATIONS.resolve_chain(text), COLOUR)
    assert str(caught.value) == message


def test_unknown_names_and_modes_are_refused() -> None:
    with pytest.raises(UnknownComponentError, match="no augmentation named 'flop'; did you mean 'flip'"):
        AUGMENTATIONS.resolve_chain("crop+flop")
    with pytest.raises(OptionError, match="option 'mode' of augmentation 'crop' expects Literal"):
        AUGMENTATIONS.resolve_chain("crop:mode=zero")
