"""The family of depth 6n + 2."""

import pytest

from imbalearn_builtins.backbones.cifar_resnet import CifarResNet
from imbalearn_torch.errors import OptionError


def make(depth):
    return CifarResNet(
        depth=depth, num_classes=10, in_channels=3, shortcut="pad", norm="batch", pretrained=False, freeze="none"
    )


# He 2016, table 6: 0.27M, 0.46M, 0.66M, 0.85M and 1.7M parameters.
@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)])
def test_sizes_of_the_paper(depth, millions):
    net = make(depth)
    assert sum(parameter.numel() for parameter in net.parameters()) / 1e6 == pytest.approx(millions, rel=0.02)
    assert [len(stage) for stage in net.stages] == [(depth - 2) // 6] * 3


@pytest.mark.parametrize("depth", [2, 18, 21])
def test_other_depths_are_refused(depth):
    with pytest.raises(OptionError, match=rf"6n \+ 2 .* but got {depth}"):
        make(depth)
