"""The basic block, against torchvision's; the pad shortcut, against a drawing by hand."""

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.cifar_blocks import BasicBlock, PadShortcut, norm_layer


def test_projection_block_equals_torchvision():
    from torchvision.models.resnet import BasicBlock as Oracle
    from torchvision.models.resnet import conv1x1

    oracle = Oracle(16, 32, stride=2, downsample=nn.Sequential(conv1x1(16, 32, 2), nn.BatchNorm2d(32))).double()
    block = BasicBlock(16, 32, 2, shortcut="projection", norm="batch").double()
    tensors = {name.replace("downsample", "shortcut"): tensor for name, tensor in oracle.state_dict().items()}
    block.load_state_dict(tensors)
    images = torch.randn(3, 16, 9, 9, dtype=torch.float64)
    torch.testing.assert_close(block(images), oracle(images))


@pytest.mark.parametrize("shortcut", ["pad", "projection"])
def test_shortcut_is_the_identity_where_the_shape_stays(shortcut):
    block = BasicBlock(16, 16, 1, shortcut=shortcut, norm="batch")
    assert isinstance(block.shortcut, nn.Identity)


def test_pad_shortcut_takes_every_second_pixel_between_zero_channels():
    image = torch.arange(1.0, 1 + 2 * 9).view(1, 2, 3, 3)
    out = PadShortcut(2, 4, 2)(image)
    expected = torch.zeros(1, 4, 2, 2)
    expected[0, 1] = torch.tensor([[1.0, 3.0], [7.0, 9.0]])
    expected[0, 2] = torch.tensor([[10.0, 12.0], [16.0, 18.0]])
    torch.testing.assert_close(out, expected)


@pytest.mark.parametrize("channels", [16, 32, 64])
def test_group_norm_has_at_least_two_channels_a_group(channels):
    norm = norm_layer("group", channels)
    assert isinstance(norm, nn.GroupNorm)
    assert norm.num_groups == 8
    # Groups of one channel would normalise a 1x1 map to zero.
    assert norm(torch.randn(2, channels, 1, 1)).abs().max() > 0.1
