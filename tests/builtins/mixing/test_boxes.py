from collections.abc import Callable

import pytest
import torch

from imbalearn_builtins.mixing.boxes import paste
from imbalearn_builtins.mixing.cmo import CMOMix
from imbalearn_builtins.mixing.cutmix import CutMix
from imbalearn_builtins.mixing.mixup_cutmix import MixupCutMix
from imbalearn_torch import Batch, errors, sample_boxes


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("shape", [(7, 3, 9, 5), (4, 1, 6, 6), (1, 3, 8, 8), (3, 2, 1, 1)])
def test_pasting_is_slicing(shape: tuple[int, ...], memory_format: torch.memory_format) -> None:
    images, others = torch.randn(2, *shape, generator=generator())
    images = images.contiguous(memory_format=memory_format)
    boxes, _ = sample_boxes(torch.rand(shape[0], generator=generator(1)), shape[2], shape[3], generator(2))
    expected = images.clone()
    for sample, (top, bottom, left, right) in enumerate(boxes.tolist()):
        expected[sample, :, top:bottom, left:right] = others[sample, :, top:bottom, left:right]
    assert torch.equal(paste(images, others, boxes), expected)


@pytest.mark.parametrize("make", [CutMix, CMOMix, MixupCutMix])
@pytest.mark.parametrize("epoch", [0, 100, 199])
def test_tables_have_no_boxes(make: Callable, epoch: int) -> None:
    # In epochs that are not mixed, too: a run is refused before the first step.
    table = Batch(torch.zeros(4, 6), torch.zeros(4, dtype=torch.int64))
    mix = make(epochs=200, stop=0.9)
    mix.set_epoch(epoch)
    with pytest.raises(
        errors.OptionError, match=rf"images \[B, C, H, W\] for {make.__name__}, but got inputs \[4, 6\]"
    ):
        mix(table, table, generator())
