"""The blocks, against torchvision's; the pad shortcut, against a drawing by hand."""

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.cifar_blocks import BasicBlock, Bottleneck, PadShortcut


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_projection_block_equals_torchvision(block, stride):
    from torchvision.models import resnet

    outside = 32 * block.expansion
    downsample = nn.Sequential(resnet.conv1x1(16, outside, stride), nn.BatchNorm2d(outside))
    oracle = getattr(resnet, block.__name__)(16, 32, stride=stride, downsample=downsample).double()
    ours = block(16, 32, stride, shortcut="projection", norm="batch").double()
    ours.load_state_dict({name.replace("downsample", "shortcut"): each for name, each in oracle.state_dict().items()})
    images = torch.randn(3, 16, 9, 9, dtype=torch.float64)
    torch.testing.assert_close(ours(images), oracle(images))


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
@pytest.mark.parametrize("shortcut", ["pad", "projection"])
def test_shortcut_is_the_identity_where_the_shape_stays(shortcut, block):
    made = block(16 * block.expansion, 16, 1, shortcut=shortcut, norm="batch")
    assert isinstance(made.shortcut, nn.Identity)


def test_pad_shortcut_takes_every_second_pixel_between_zero_channels():
    image = torch.arange(1.0, 1 + 2 * 9).view(1, 2, 3, 3)
    out = PadShortcut(2, 4, 2)(image)
    expected = torch.zeros(1, 4, 2, 2)
    expected[0, 1] = torch.tensor([[1.0, 3.0], [7.0, 9.0]])
    expected[0, 2] = torch.tensor([[10.0, 12.0], [16.0, 18.0]])
    torch.testing.assert_close(out, expected)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_without_a_shortcut_a_block_whose_last_norm_is_zero_forgets_its_input(block):
    made = block(8, 8, 1, shortcut="none", norm="batch")
    last = made.bn2 if block is BasicBlock else made.bn3
    nn.init.zeros_(last.weight)
    assert torch.equal(made(torch.randn(2, 8, 4, 4)), torch.zeros(2, 8 * block.expansion, 4, 4))
