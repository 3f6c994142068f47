"""Images scaled inside a model of another library."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms.v2.functional import resize

from imbalearn_builtins.backbones.timm_model import timm_model
from imbalearn_builtins.backbones.torchvision_model import torchvision_model
from imbalearn_torch.errors import OptionError

MAKES = {
    "timm": lambda **options: timm_model(num_classes=4, image_size=16, model="test_resnet", **options),
    "torchvision": lambda **options: torchvision_model(
        num_classes=4, image_size=16, model="shufflenet_v2_x0_5", **options
    ),
}


@pytest.fixture(params=MAKES)
def make(request):
    return MAKES[request.param]


@pytest.mark.parametrize("side", [40, 12])
def test_images_are_scaled_as_torchvision_does_on_both_ways_in(make, side):
    plain, resized = make().eval().double(), make(resize=side).eval().double()
    resized.load_state_dict(plain.state_dict())  # the same names
    images = torch.rand(2, 3, 16, 20, dtype=torch.float64)
    scaled = resize(images, [side, side], antialias=True)
    torch.testing.assert_close(resized(images), plain(scaled), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(resized.forward_features(images), plain.forward_features(scaled), rtol=1e-9, atol=1e-12)
    assert type(resized).__name__ == type(plain).__name__


def test_a_copy_is_resized_too(make):
    net = make(resize=40).eval()
    images = torch.rand(2, 3, 16, 16)
    twin = copy.deepcopy(net)
    torch.testing.assert_close(twin(images), net(images), rtol=0, atol=0)
    twin.reset_classifier(7)
    assert twin(images).shape == (2, 7)
    assert net(images).shape == (2, 4)


def test_the_format_of_the_images_is_kept():
    images = torch.rand(2, 3, 8, 8).contiguous(memory_format=torch.channels_last)
    scaled = F.interpolate(images, (16, 16), mode="bilinear", antialias=True)
    assert scaled.is_contiguous(memory_format=torch.channels_last)


def test_transformers_are_made_for_the_size_they_see():
    net = timm_model(num_classes=3, image_size=16, model="test_vit", resize=64).eval()
    assert net(torch.rand(2, 3, 16, 16)).shape == (2, 3)
    with pytest.raises(OptionError, match="images of 8x8 pixels"):
        timm_model(num_classes=3, image_size=8, model="test_vit")


def test_what_cannot_be_resized_is_refused(make):
    with pytest.raises(OptionError, match="`resize` to be >= 1, but got 0"):
        make(resize=0)
    with pytest.raises(OptionError, match="`resize` needs a model with forward_features, which SqueezeNet has not"):
        torchvision_model(num_classes=4, image_size=32, model="squeezenet1_1", resize=64)


def test_freezing_and_resizing_go_together(make):
    net = make(resize=40, freeze="all-but-head").train()
    assert not any(each.training for each in net.modules() if isinstance(each, nn.BatchNorm2d))
    assert sum(each.requires_grad for each in net.parameters()) == 2
