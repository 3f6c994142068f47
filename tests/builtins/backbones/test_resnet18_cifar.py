"""ResNet18 for small images, against torchvision's with its stem exchanged."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from imbalearn_builtins.backbones.resnet18_cifar import ResNet18Cifar


def oracle(classes=10):
    net = resnet18(num_classes=classes)
    net.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    net.maxpool = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
    return net


def test_torchvisions_weights_give_torchvisions_logits(tmp_path):
    theirs = oracle().eval()
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
    torch.save(theirs.state_dict(), tmp_path / "weights.pth")
    ours = ResNet18Cifar(num_classes=10, pretrained=tmp_path / "weights.pth").eval()
    images = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(ours.double()(images), theirs.double()(images), rtol=1e-10, atol=1e-12)
    words = {"downsample": "shortcut", "fc": "linear"}
    names = [".".join(words.get(part, part) for part in name.split(".")) for name in theirs.state_dict()]
    assert list(ours.state_dict()) == names


# The sum counts by hand: 3x3 kernels, 1x1 projections, scale and shift of the norms, head.
@pytest.mark.parametrize("classes", [10, 100])
def test_parameter_count(classes):
    kernels = 9 * (3 * 64 + 4 * 64**2 + sum(w * 2 * w + 3 * (2 * w) ** 2 for w in (64, 128, 256)))
    projections = sum(w * 2 * w + 2 * 2 * w for w in (64, 128, 256))
    norms = 2 * (5 * 64 + 4 * 128 + 4 * 256 + 4 * 512)
    count = sum(parameter.numel() for parameter in ResNet18Cifar(num_classes=classes).parameters())
    assert count == kernels + projections + norms + 513 * classes
    assert count == {10: 11_173_962, 100: 11_220_132}[classes]


def test_protocol_stages_and_other_images():
    net = ResNet18Cifar(num_classes=5, in_channels=1, norm="group").eval()
    shapes = []
    for stage in net.stages:
        stage.register_forward_hook(lambda module, inputs, output: shapes.append(tuple(output.shape)))
    images = torch.randn(2, 1, 16, 12)
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    assert shapes == [(2, 64, 16, 12), (2, 128, 8, 6), (2, 256, 4, 3), (2, 512, 2, 2)]
    torch.testing.assert_close(net(images), net.get_classifier()(features), rtol=0, atol=0)
    assert net(torch.randn(2, 1, 4, 4)).shape == (2, 5)
