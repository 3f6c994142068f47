"""Smaller images early on: sizes, the epoch they grow at, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.errors import OptionError


def chain(text: str, epochs: int = 10) -> Augment:
    return Augment(AUGMENTATIONS.resolve_chain(text), (0, 0, 0), epochs)


def images(height: int = 32, width: int = 32) -> torch.Tensor:
    return torch.randint(0, 256, (4, 3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def shrunk(augment: Augment, given: torch.Tensor) -> torch.Tensor:
    return augment.apply(given, augment.draw(len(given), *given.shape[2:], torch.Generator()))


@pytest.mark.parametrize(("epoch", "side"), [(0, 16), (3, 16), (4, 32), (9, 32)])
def test_images_grow_at_a_fraction_of_the_training(epoch: int, side: int) -> None:
    augment = chain("shrink:size=16,stop=0.4")
    augment.set_epoch(epoch)
    assert shrunk(augment, images()).shape == (4, 3, side, side)


def test_the_pixels_are_means_of_neighbours() -> None:
    # Antialiased by a factor of two, a pixel is a weighted mean with triangular weights: torch on floats is the oracle.
    given = images()
    wanted = F.interpolate(given.double(), size=(16, 16), mode="bilinear", antialias=True)
    found = shrunk(chain("shrink:size=16"), given)
    assert found.dtype is torch.uint8
    assert float((found.double() - wanted).abs().max()) <= 1.0  # rounded


def test_the_shorter_side_gets_the_size() -> None:
    assert shrunk(chain("shrink:size=8"), images(16, 32)).shape == (4, 3, 8, 16)


@pytest.mark.parametrize("text", ["shrink:size=32", "shrink:size=64", "shrink:size=8,stop=0"])
def test_nothing_to_do_leaves_the_images_themselves(text: str) -> None:
    given = images()
    assert shrunk(chain(text), given) is given


@pytest.mark.parametrize(
    ("text", "message"), [("shrink:size=0", "`size` to be >= 1"), ("shrink:stop=2", r"`stop` to be in \[0, 1\]")]
)
def test_bad_values_are_a_sentence(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        chain(text)


def test_what_comes_after_it_is_drawn_for_the_smaller_images() -> None:
    augment = chain("shrink:size=8,stop=0.5+cutout:size=2")
    for epoch, side in ((0, 8), (9, 32)):
        augment.set_epoch(epoch)
        corners = augment.draw(500, 32, 32, torch.Generator().manual_seed(0))[1]
        # The centre of a square of two is one pixel from its corner, and lies in the image.
        assert (int(corners.min()), int(corners.max())) == (-1, side - 2)


def test_a_crop_that_smaller_images_have_no_room_for_is_a_sentence() -> None:
    with pytest.raises(OptionError, match=r"`pad` of crop to be smaller than the image \(4x4\), but got 4"):
        chain("shrink:size=4+crop:pad=4").draw(2, 32, 32, torch.Generator())


def test_bytes_are_scaled_as_floats_where_only_cpus_have_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    scale, dtypes = F.interpolate, []

    def watched(given: torch.Tensor, **how: Any) -> torch.Tensor:
        dtypes.append(given.dtype)
        return scale(given, **how)

    monkeypatch.setattr(F, "interpolate", watched)
    found = shrunk(chain("shrink:size=16"), images().to("meta"))
    assert (found.dtype, found.shape, dtypes) == (torch.uint8, (4, 3, 16, 16), [torch.float32])
