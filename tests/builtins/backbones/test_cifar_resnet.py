"""The names of the family: depths, blocks, and the parameters that the papers report."""

import importlib

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.plainnet import PlainNet32
from imbalearn_builtins.backbones.records import BACKBONES
from imbalearn_torch import build
from imbalearn_torch.errors import OptionError

FAMILY = [each.name for each in BACKBONES if each.name.rstrip("0123456789") in ("resnet", "plainnet")]


def make(text, classes=10):
    return build("backbone", text, num_classes=classes, in_channels=3, image_size=32, input_shape=(3, 32, 32))


def count(net):
    return sum(parameter.numel() for parameter in net.parameters())


def test_the_family_has_ten_names():
    depths = (20, 32, 44, 56, 110)
    assert [f"{kind}{depth}" for kind in ("resnet", "plainnet") for depth in depths] == FAMILY


@pytest.mark.parametrize("name", FAMILY)
def test_a_name_says_how_many_layers_there_are(name):
    net = make(name)
    depth = int(name.removeprefix("resnet").removeprefix("plainnet"))
    # He 2016: 6n + 2 weighted layers, convolutions and the head; projections are not counted.
    weighted = [path for path, each in net.named_modules() if isinstance(each, (nn.Conv2d, nn.Linear))]
    assert len([path for path in weighted if "shortcut" not in path]) == depth
    assert [len(stage) for stage in net.stages] == [(depth - 2) // 6] * 3


# He 2016, table 6: 0.27M, 0.46M, 0.66M, 0.85M and 1.7M parameters, with shortcuts that have none.
@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)])
def test_sizes_of_the_paper(depth, millions):
    residual, plain = make(f"resnet{depth}:shortcut=pad"), make(f"plainnet{depth}")
    assert count(residual) / 1e6 == pytest.approx(millions, rel=0.02)
    assert count(plain) == count(residual)


# He 2016 (arXiv:1603.05027) makes ResNet164 of ResNet110 by bottlenecks, with n = 18: 1.7M parameters (table 4).
@pytest.mark.parametrize(("depth", "layers"), [(20, 29), (32, 47), (44, 65), (56, 83), (110, 164)])
def test_bottlenecks_keep_the_number_of_blocks(depth, layers):
    net = make(f"resnet{depth}:block=bottleneck")
    weighted = [path for path, each in net.named_modules() if isinstance(each, (nn.Conv2d, nn.Linear))]
    assert len([path for path in weighted if "shortcut" not in path]) == layers
    assert net.get_classifier().in_features == 256
    if depth == 110:
        assert count(net) / 1e6 == pytest.approx(1.7, rel=0.02)


def test_bottlenecks_are_those_of_torchvision():
    from torchvision.models.resnet import Bottleneck, ResNet

    class Oracle(ResNet):
        """Three stages of torchvision's blocks behind a 3x3 stem of 16 channels."""

        def __init__(self):
            super().__init__(Bottleneck, [3, 3, 3, 3], num_classes=10)
            self.inplanes = 16
            self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(16)
            self.maxpool = self.layer4 = nn.Identity()
            self.layer1 = self._make_layer(Bottleneck, 16, 3)
            self.layer2 = self._make_layer(Bottleneck, 32, 3, stride=2)
            self.layer3 = self._make_layer(Bottleneck, 64, 3, stride=2)
            self.fc = nn.Linear(256, 10)

    oracle, ours = Oracle().double().eval(), make("resnet20:block=bottleneck").double().eval()
    words = {"downsample": "shortcut", "fc": "linear"}
    state = {".".join(words.get(part, part) for part in name.split(".")): t for name, t in oracle.state_dict().items()}
    ours.load_state_dict(state)
    images = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(ours(images), oracle(images), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["resnet32", "plainnet32"])
@pytest.mark.parametrize("options", ["block=bottleneck", "norm=group", "block=bottleneck,norm=group"])
def test_variants_run_on_small_images_and_keep_the_protocol(name, options):
    net = make(f"{name}:{options}", classes=7).eval()
    for side in (4, 9):
        images = torch.randn(2, 3, side, side)
        features = net.forward_head(net.forward_features(images), pre_logits=True)
        torch.testing.assert_close(net(images), net.get_classifier()(features), rtol=0, atol=0)
    assert ("group" in options) == any(isinstance(each, nn.GroupNorm) for each in net.modules())
    assert ("group" in options) != any(isinstance(each, nn.BatchNorm2d) for each in net.modules())


def test_other_blocks_are_refused():
    with pytest.raises(OptionError, match="`block` to be one of basic, bottleneck, but got 'wide'"):
        PlainNet32(num_classes=3, block="wide")  # pyright: ignore[reportArgumentType]


def test_options_are_the_same_throughout_a_family():
    for kind in ("resnet", "plainnet"):
        module = importlib.import_module(f"imbalearn_builtins.backbones.{kind}")
        assert len({str(getattr(module, name).__init__.__annotations__) for name in module.__all__}) == 1
