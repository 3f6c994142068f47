"""Recycled memory: what is given out is nobody else's, and what nobody holds is given out again."""

from __future__ import annotations

import pytest
import torch

from imbalearn_torch.data.recycle import Recycled

PLANAR, LAST = torch.contiguous_format, torch.channels_last


@pytest.mark.parametrize("memory_format", [PLANAR, LAST])
@pytest.mark.parametrize("shape", [(5, 3, 7, 6), (2, 1, 4, 4), (1, 3, 1, 1)])
def test_tensors_are_laid_out_as_torch_lays_them_out(shape, memory_format) -> None:
    made = Recycled().empty(shape, torch.float32, memory_format)
    expected = torch.empty(shape, dtype=torch.float32, memory_format=memory_format)
    assert (made.shape, made.dtype, made.stride()) == (expected.shape, expected.dtype, expected.stride())
    assert made.is_contiguous(memory_format=memory_format)
    assert made.data_ptr() % 64 == 0


def test_memory_is_given_again_once_nothing_refers_to_it() -> None:
    source = Recycled()
    first = source.empty((4, 3, 8, 8), torch.float32, LAST)
    address = first.data_ptr()
    del first
    assert source.empty((4, 3, 8, 8), torch.float32, PLANAR).data_ptr() == address
    assert source.empty((1, 3, 8, 8), torch.float64, PLANAR).data_ptr() == address  # a smaller one fits as well


@pytest.mark.parametrize("hold", [lambda x: x, lambda x: x[1:, :, 2], lambda x: x.numpy(), lambda x: x.flatten(0)])
def test_memory_in_use_is_never_given_again(hold) -> None:
    source = Recycled()
    held = hold(source.empty((4, 3, 8, 8), torch.float32, PLANAR).fill_(7))
    others = [source.empty((4, 3, 8, 8), torch.float32, PLANAR).zero_() for _ in range(6)]
    assert len({each.data_ptr() for each in others}) == 6
    assert bool((torch.as_tensor(held) == 7).all())


def test_what_autograd_keeps_is_in_use() -> None:
    source = Recycled()
    weight = torch.ones(2, 3, 1, 1, requires_grad=True)
    loss = torch.nn.functional.conv2d(source.empty((4, 3, 8, 8), torch.float32, LAST).fill_(2), weight).sum()
    source.empty((4, 3, 8, 8), torch.float32, LAST).zero_()
    loss.backward()
    assert weight.grad is not None
    assert weight.grad.tolist() == torch.full((2, 3, 1, 1), 4 * 8 * 8 * 2.0).tolist()
