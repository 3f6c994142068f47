"""The lazy names of `imbalearn_torch.backbones`, and the option strings of the registry."""

import importlib

import pytest

from imbalearn_torch import backbones, build


@pytest.mark.parametrize("name", ["PlainNet20", "ResNet20", "timm_model"])
def test_names_are_the_built_ins_own(name):
    home = importlib.import_module(f"imbalearn_builtins.backbones.{name.lower() if name != 'timm_model' else name}")
    assert getattr(backbones, name) is getattr(home, name)
    assert name in dir(backbones)
    assert name in backbones.__all__


@pytest.mark.parametrize(
    "text", ["resnet20:shortcut=pad,freeze=all-but-head", "plainnet20:norm=group", "timm:model=test_vit"]
)
def test_option_strings_build(text):
    net = build("backbone", text, num_classes=6, in_channels=1, image_size=(32, 32), input_shape=(1, 32, 32))
    assert net.get_classifier().out_features == 6
