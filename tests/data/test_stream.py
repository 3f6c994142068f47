"""The streaming loader beside the one in memory: the same bits, in the plan's order, from any number of workers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.stream import StreamLoader
from imbalearn_torch.errors import DataError

CHAIN = "crop:pad=2+flip+cutout:size=3"
IMAGES = torch.randint(0, 256, (40, 3, 8, 7), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(40) % 4
CHOSEN = torch.arange(3, 40)  # as after a validation cut
TABLE = torch.randn(40, 5, generator=torch.Generator().manual_seed(1))


class Pictures:
    """Map-style images; each reading is noted, and an exception is raised where one stands."""

    def __init__(self, images: Tensor | list[Any] = IMAGES) -> None:
        self.images, self.seen = images, []

    def __getitem__(self, index: int) -> Tensor:
        self.seen.append(index)
        if isinstance(self.images[index], Exception):
            raise self.images[index]
        return self.images[index]


def how(shape: tuple[int, ...], **more: Any) -> dict[str, Any]:
    chain = AUGMENTATIONS.resolve_chain(CHAIN if len(shape) == 3 else "none")
    numbers = tuple(0.1 * (each + 1) for each in range(shape[0]))
    settings = {"mean": numbers, "std": numbers, "augment": Augment(chain, (9, 8, 7)), "device": torch.device("cpu")}
    return settings | more


def in_memory(inputs: Tensor = IMAGES, **more: Any) -> MemoryLoader:
    return MemoryLoader(inputs[CHOSEN], LABELS[CHOSEN], **how(tuple(inputs.shape[1:]), **more))


def streamed(inputs: Any = None, workers: int = 0, shape: tuple[int, ...] = (3, 8, 7), **more: Any) -> StreamLoader:
    rows = Rows(Pictures() if inputs is None else inputs, CHOSEN, shape)
    return StreamLoader(rows, LABELS[CHOSEN], workers=workers, **how(shape, **more))


def plan(seed: int, steps: int = 6, size: int = 5) -> Tensor:
    """Drawn with replacement, so that a batch holds an image twice."""
    return torch.randint(0, len(CHOSEN), (steps, size), generator=torch.Generator().manual_seed(seed))


def epoch(loader: Any, plans: list[Tensor], start: int = 0) -> list[Tensor]:
    """All that an epoch's batches hold, asked for as the mixer does."""
    loader.follow(plans, start)
    found = []
    for step in range(start, len(plans[0])):
        for number, column in enumerate(plans):
            draws = loader.draw(column.shape[1], torch.Generator().manual_seed(100 * step + number))
            found += [each.clone() for each in loader.batch(column[step], draws)]
    return found


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(torch.equal(*pair) for pair in zip(one, other, strict=True))


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("workers", [0, 1, 2])
def test_epochs_hold_the_same_bits_as_in_memory(workers: int, columns: int) -> None:
    loader, reference = streamed(workers=workers), in_memory()
    for number in range(2):
        plans = [plan(10 * number + column) for column in range(columns)]
        found = epoch(loader, plans)
        assert len(found) == 6 * columns * 2
        assert same(found, epoch(reference, plans))
    loader.close()


@pytest.mark.parametrize("more", [{"dtype": torch.float64}, {"channels_last": False}])
def test_dtype_and_memory_format_are_those_of_memory(more: dict[str, Any]) -> None:
    found, expected = epoch(streamed(**more), [plan(0)]), epoch(in_memory(**more), [plan(0)])
    assert same(found, expected)
    assert [each.stride() for each in found] == [each.stride() for each in expected]


@pytest.mark.parametrize("workers", [0, 2])
def test_views_hold_the_same_bits_as_in_memory(workers: int) -> None:
    for flip in (False, True):
        found = [view.clone() for views in streamed(workers=workers).views(10, flip) for view in views]
        assert same(found, [view.clone() for views in in_memory().views(10, flip) for view in views])
        assert [len(view) for view in found] == [size for size in (10, 10, 10, 7) for _ in range(1 + flip)]


def test_tensors_are_read_where_they_are() -> None:
    loader = streamed(TABLE, workers=2, shape=(5,))
    assert same(epoch(loader, [plan(0)]), epoch(in_memory(TABLE), [plan(0)]))
    assert same(epoch(streamed(IMAGES, workers=2), [plan(0)]), epoch(in_memory(), [plan(0)]))


def test_a_resumed_epoch_decodes_nothing_before_its_step() -> None:
    pictures, plans = Pictures(), [plan(0), plan(1)]
    found = epoch(streamed(pictures), plans, start=4)
    assert same(found, epoch(in_memory(), plans)[4 * 4 :])
    asked = {int(CHOSEN[row]) for column in plans for row in column[4:].flatten()}
    assert set(pictures.seen) == asked


def test_an_image_that_is_twice_in_a_batch_is_decoded_once() -> None:
    pictures = Pictures()
    epoch(streamed(pictures), [torch.tensor([[1, 1, 0, 1]])])
    assert pictures.seen == [int(CHOSEN[0]), int(CHOSEN[1])]  # and in the order of the rows


def test_an_epoch_cut_short_and_a_batch_outside_the_plan() -> None:
    loader = streamed(workers=2)
    loader.follow([plan(0)], 0)
    loader.batch(plan(0)[0], [])
    assert same(epoch(loader, [plan(1)]), epoch(in_memory(), [plan(1)]))
    loader.follow([plan(2)], 0)
    other = torch.tensor([5, 6])
    assert torch.equal(loader.batch(other, []).images, in_memory().batch(other, []).images)
    loader.close()
    assert torch.equal(loader.batch(other, []).images, in_memory().batch(other, []).images)


def test_the_default_generators_are_left_alone() -> None:
    before = torch.get_rng_state()
    epoch(streamed(workers=1), [plan(0)])
    list(streamed(workers=1).views(10, False))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (DataError("/img/9.png: no image that PIL can read"), r"^/img/9.png: no image that PIL can read$"),
        (KeyError("gone"), "^image 9: KeyError: 'gone'$"),
        (IMAGES[0, :, :4], r"^image 9 is \[3, 4, 7\], but others are \[3, 8, 7\]$"),
        (IMAGES[0].float(), r"^image 9: expected uint8 \[C, H, W\], but got torch.float32 \[3, 8, 7\]$"),
    ],
)
def test_an_image_that_cannot_be_used_is_one_sentence(odd: Any, words: str, workers: int) -> None:
    images = [*IMAGES[:9], odd, *IMAGES[10:]]
    with pytest.raises(DataError, match=words):
        epoch(streamed(Pictures(images), workers), [torch.tensor([[0, 1], [6, 2]])])
