"""PlainNet20: ResNet20 with pad shortcuts minus the shortcuts."""

import pytest
import torch

from imbalearn_builtins.backbones.plainnet import PlainNet20
from imbalearn_builtins.backbones.resnet import ResNet20


@pytest.mark.parametrize("classes", [10, 100])
def test_parameters_are_those_of_the_pad_shortcut(classes):
    plain, residual = PlainNet20(num_classes=classes), ResNet20(num_classes=classes, shortcut="pad")
    shapes = {name: tensor.shape for name, tensor in plain.state_dict().items()}
    assert shapes == {name: tensor.shape for name, tensor in residual.state_dict().items()}
    assert sum(parameter.numel() for parameter in plain.parameters()) == {10: 269_722, 100: 275_572}[classes]


def test_every_parameter_gets_a_gradient():
    net = PlainNet20(num_classes=3, in_channels=1)
    net(torch.randn(4, 1, 8, 8)).square().sum().backward()
    assert all(parameter.grad is not None for parameter in net.parameters())


def test_there_is_no_way_around_a_block():
    """With the last norm of a block at zero, a plain block forgets its input, and a residual one passes it on."""
    images = torch.randn(2, 3, 8, 8)
    for cls, passed_on in ((PlainNet20, False), (ResNet20, True)):
        net = cls(num_classes=3).eval()
        torch.nn.init.zeros_(net.layer1[1].bn2.weight)
        hidden = net.layer1[0](torch.relu(net.bn1(net.conv1(images))))
        torch.testing.assert_close(net.layer1[1](hidden), hidden if passed_on else torch.zeros_like(hidden))


def test_timm_protocol_and_group_norm():
    net = PlainNet20(num_classes=5, in_channels=1, norm="group")
    images = torch.randn(2, 1, 8, 8)
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    torch.testing.assert_close(net(images), net.get_classifier()(features), rtol=0, atol=0)
    assert len(net.stages) == 3
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in net.modules())
