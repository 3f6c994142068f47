"""The lazy names of `imbalearn_torch.backbones`, and the option strings of the registry."""

import importlib

import pytest

from imbalearn_builtins.backbones.records import BACKBONES
from imbalearn_torch import backbones, build


@pytest.mark.parametrize("component", BACKBONES, ids=lambda each: each.name)
def test_names_are_the_built_ins_own(component):
    home, _, name = component.factory.partition(":")
    assert getattr(backbones, name) is getattr(importlib.import_module(home), name)
    assert name in dir(backbones)
    assert name in backbones.__all__


@pytest.mark.parametrize(
    "text",
    [
        "resnet20:shortcut=pad,freeze=all-but-head",
        "resnet110:block=bottleneck",
        "plainnet20:norm=group",
        "resnet18-cifar",
        "small-cnn",
        "vgg-like:head_pool=average,dropout=0.5",
        "timm:model=test_vit",
        "torchvision:model=shufflenet_v2_x0_5",
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_option_strings_build(text, channels):
    shape = (channels, 32, 32)
    net = build("backbone", text, num_classes=6, in_channels=channels, image_size=(32, 32), input_shape=shape)
    assert net.get_classifier().out_features == 6
    assert len(net.stages) >= 3
