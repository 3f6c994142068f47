"""The in-memory loader: values by hand calculation, formats, order."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.errors import OptionError

MEAN, STD = (0.5, 0.25, 0.1), (0.2, 0.3, 0.4)
COLOUR = (128, 64, 26)
IMAGES = torch.randint(0, 256, (23, 3, 6, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(23) % 4


def loader(chain: str = "none", inputs: Tensor = IMAGES, **options: Any) -> MemoryLoader:
    augment = Augment(AUGMENTATIONS.resolve_chain(chain), COLOUR)
    settings = {"mean": MEAN, "std": STD, "device": torch.device("cpu")} | options
    return MemoryLoader(inputs, LABELS, augment=augment, **settings)


def by_hand(images: Tensor) -> Tensor:
    """(x / 255 - mean) / std, channel by channel, in float64."""
    channels = [(images[:, c].double() / 255 - MEAN[c]) / STD[c] for c in range(3)]
    return torch.stack(channels, dim=1)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float64, 1e-13)])
def test_normalisation_by_hand(dtype: torch.dtype, tolerance: float) -> None:
    indices = torch.tensor([7, 0, 7, 22])
    batch = loader(dtype=dtype).batch(indices, [])
    assert batch.images.dtype == dtype
    assert torch.allclose(batch.images.double(), by_hand(IMAGES[indices]), rtol=0, atol=tolerance)
    assert torch.equal(batch.targets, LABELS[indices])


@pytest.mark.parametrize("channels_last", [True, False])
def test_memory_format(channels_last: bool) -> None:
    source = loader("crop:pad=2+flip", channels_last=channels_last)
    wanted = torch.channels_last if channels_last else torch.contiguous_format
    indices = torch.arange(10)
    batch = source.batch(indices, source.draw(10, torch.Generator().manual_seed(1)))
    assert batch.images.is_contiguous(memory_format=wanted)
    assert all(view.is_contiguous(memory_format=wanted) for view in next(source.views(9, flip=False)))


def test_augmentation_comes_before_normalisation() -> None:
    source = loader("crop:pad=2,mode=constant+flip+cutout:size=3", dtype=torch.float64)
    indices = torch.tensor([3, 1, 1, 20])
    draws = source.draw(4, torch.Generator().manual_seed(2))
    augment = Augment(AUGMENTATIONS.resolve_chain("crop:pad=2,mode=constant+flip+cutout:size=3"), COLOUR)
    expected = by_hand(augment.apply(IMAGES[indices], draws))
    assert torch.allclose(source.batch(indices, draws).images, expected, rtol=0, atol=1e-13)
    # The mean colour is 0 after normalisation, but for its rounding to a byte.
    assert float(by_hand(torch.tensor(COLOUR).view(1, 3, 1, 1)).abs().max()) < 0.5 / 255 / min(STD)


def test_draws_are_those_of_the_augmentation() -> None:
    drawn = loader("crop:pad=2").draw(50, torch.Generator().manual_seed(3))
    expected = torch.randint(-2, 3, (50, 2), generator=torch.Generator().manual_seed(3))
    assert torch.equal(drawn[0], expected)
    assert loader().draw(50, torch.Generator()) == []


def test_views_are_all_images_in_order_without_augmentation() -> None:
    source = loader("crop:pad=2+cutout", dtype=torch.float64)
    views = list(source.views(10, flip=False))
    assert [len(view) for view in views] == [1, 1, 1]
    assert [view[0].shape[0] for view in views] == [10, 10, 3]
    assert torch.allclose(torch.cat([view[0] for view in views]), by_hand(IMAGES), rtol=0, atol=1e-13)
    assert len(source) == 23


def test_views_with_flip_add_the_mirror_image() -> None:
    for images, mirrored in loader().views(10, flip=True):
        assert torch.equal(mirrored, images.flip(3))


def test_tables_are_normalised_by_feature_on_their_own_scale() -> None:
    table = torch.randn(23, 3, generator=torch.Generator().manual_seed(4)) * 50
    source = loader(inputs=table, dtype=torch.float64)
    expected = (table.double() - torch.tensor(MEAN, dtype=torch.float64)) / torch.tensor(STD, dtype=torch.float64)
    indices = torch.tensor([5, 5, 0])
    assert torch.allclose(source.batch(indices, []).images, expected[indices], rtol=0, atol=1e-12)
    assert torch.allclose(next(source.views(50, flip=False))[0], expected, rtol=0, atol=1e-12)
    assert not source.is_image


@pytest.mark.parametrize("inputs", [IMAGES, torch.randn(23, 3, generator=torch.Generator().manual_seed(5))])
def test_the_stored_data_are_never_changed(inputs: Tensor) -> None:
    before = inputs.clone()
    source = loader(inputs=inputs)
    source.batch(torch.arange(23), []).images.zero_()
    for view in source.views(23, flip=False):
        view[0].zero_()
    assert source.inputs is inputs
    assert torch.equal(inputs, before)


CHOSEN = torch.arange(2, 23, 3)
TABLE = torch.randn(23, 3, generator=torch.Generator().manual_seed(6))


@pytest.mark.parametrize("inputs", [IMAGES, TABLE])
def test_rows_of_a_tensor_give_the_bits_of_their_copy(inputs: Tensor) -> None:
    augment = Augment(AUGMENTATIONS.resolve_chain("crop:pad=2+flip" if inputs is IMAGES else "none"), COLOUR)
    how: dict[str, Any] = {"mean": MEAN, "std": STD, "device": torch.device("cpu"), "augment": augment}
    rows = MemoryLoader(Rows(inputs, CHOSEN, tuple(inputs.shape[1:])), LABELS[CHOSEN], **how)
    copy = MemoryLoader(inputs[CHOSEN], LABELS[CHOSEN], **how)
    assert (rows.shape, len(rows)) == (copy.shape, len(copy))
    indices = torch.tensor([6, 0, 3, 3])
    draws = copy.draw(4, torch.Generator().manual_seed(7))
    for found, expected in zip(rows.batch(indices, draws), copy.batch(indices, draws), strict=True):
        assert torch.equal(found, expected)
        assert found.stride() == expected.stride()
    for (found,), (expected,) in zip(rows.views(3, flip=False), copy.views(3, flip=False), strict=True):
        assert torch.equal(found, expected)


def test_another_device_gets_the_rows_alone() -> None:
    rows = Rows(IMAGES, CHOSEN, (3, 6, 5))
    how: dict[str, Any] = {"mean": MEAN, "std": STD, "device": torch.device("meta")}
    held = MemoryLoader(rows, LABELS[CHOSEN], augment=Augment((), COLOUR), **how).inputs
    assert isinstance(held, Tensor)
    assert (held.device.type, held.shape) == ("meta", (7, 3, 6, 5))


def test_tables_are_not_augmented() -> None:
    with pytest.raises(OptionError, match="tables"):
        loader("flip", inputs=torch.randn(23, 3)).draw(4, torch.Generator())
