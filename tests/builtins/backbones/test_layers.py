"""The layers that the small networks share."""

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.layers import conv_stage, norm_layer


@pytest.mark.parametrize("channels", [16, 32, 64])
def test_group_norm_has_at_least_two_channels_a_group(channels):
    norm = norm_layer("group", channels)
    assert isinstance(norm, nn.GroupNorm)
    assert norm.num_groups == 8
    # Groups of one channel would normalise a 1x1 map to zero.
    assert norm(torch.randn(2, channels, 1, 1)).abs().max() > 0.1


@pytest.mark.parametrize(("side", "pooled"), [(1, 1), (4, 2), (5, 3), (32, 16)])
def test_a_stage_halves_the_sides_and_rounds_up(side, pooled):
    stage = conv_stage(3, (8, 16), "batch")
    assert stage(torch.randn(2, 3, side, side)).shape == (2, 16, pooled, pooled)


def test_a_stage_is_convolution_norm_relu_for_each_width_and_a_pool():
    kinds = [type(each) for each in conv_stage(3, (8, 16), "group")]
    assert kinds == [nn.Conv2d, nn.GroupNorm, nn.ReLU] * 2 + [nn.MaxPool2d]
