"""Every picture looked at once."""

from __future__ import annotations

import pytest
import torch

from imbalearn_torch.data.pictures import look_at
from imbalearn_torch.errors import DataError


class Pictures:
    """Map-style; -1 cannot be read, every other number is the colour of all pixels."""

    def __init__(self, colours: list[int]) -> None:
        self.colours = colours

    def __getitem__(self, row: int) -> torch.Tensor:
        if self.colours[row] < 0:
            raise DataError(f"picture {row} is torn")
        return torch.full((3, 4, 5), self.colours[row], dtype=torch.uint8)


@pytest.mark.parametrize("workers", [0, 1])
def test_the_same_pixels_have_the_same_digest_and_torn_ones_none(workers: int) -> None:
    colours = [0, 7, -1, 7, *(number % 250 for number in range(600))]  # enough for a worker to start
    look = look_at(Pictures(colours), torch.arange(len(colours)), workers)
    assert look.problems == {2: "picture 2 is torn"}
    assert look.digests[2] is None and look.shapes[2] is None
    assert look.digests[1] == look.digests[3] == look.digests[4 + 7]
    assert len({digest for digest in look.digests if digest}) == len(set(colours)) - 1
    assert set(look.shapes) == {(3, 4, 5), None}


def test_a_picture_of_zeros_can_be_read() -> None:
    look = look_at(torch.zeros(2, 1, 2, 2, dtype=torch.uint8), torch.tensor([1]), 0)
    assert look.problems == {} and len(look.digests) == 1


def test_the_same_bytes_in_another_shape_are_another_picture() -> None:
    wide, high = torch.zeros(1, 1, 2, 4, dtype=torch.uint8), torch.zeros(1, 1, 4, 2, dtype=torch.uint8)
    assert look_at(wide, torch.tensor([0]), 0).digests != look_at(high, torch.tensor([0]), 0).digests


def test_rows_of_a_table() -> None:
    look = look_at(torch.tensor([[1.0, 2.0], [1.0, 2.0], [1.0, 2.5]]), torch.arange(3), 0)
    assert look.digests[0] == look.digests[1] != look.digests[2]
    assert look.shapes == ((2,),) * 3
