"""Both sides of the measurement augment in the same way: what is shifted, mirrored and covered has the same shares."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from benchmarks.augment_speed import ours, theirs

FILL = torch.tensor([125, 123, 114], dtype=torch.uint8).view(1, 3, 1, 1)


@pytest.mark.parametrize("augment", [lambda images: ours(images, torch.Generator().manual_seed(0)), theirs])
def test_pictures_are_moved_mirrored_and_covered_one_by_one(augment: Callable[[Tensor], Tensor]) -> None:
    torch.manual_seed(0)
    columns = (4 * torch.arange(32, dtype=torch.uint8)).expand(200, 3, 32, 32)  # brighter to the right, by 4 a pixel
    pictures = augment(columns)
    assert (pictures.shape, pictures.dtype) == (columns.shape, torch.uint8)
    covered = (pictures == FILL).all(dim=1).flatten(1).sum(dim=1)
    assert set(covered.tolist()) <= set(range(65))
    assert int(covered.max()) == 64
    # The way in which most neighbours rise tells whether a picture is mirrored.
    mirrored = pictures[:, 0, :, 10:22].to(torch.int64).diff(dim=2).sign().sum(dim=(1, 2)) < 0
    assert 0.35 < mirrored.double().mean().item() < 0.65  # 4 deviations of a fair coin: 0.14
