"""`normalize=model`: the attributes that the engine heeds."""

import pytest
import timm
from torch import nn

from imbalearn_builtins.backbones.normalisation import normalize_as
from imbalearn_builtins.backbones.timm_model import timm_model
from imbalearn_builtins.backbones.torchvision_model import torchvision_model
from imbalearn_torch.errors import OptionError

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def own(net):
    return net.input_mean, net.input_std


def test_timm_says_what_its_weights_were_trained_with():
    net = timm_model(num_classes=3, image_size=32, model="resnet18.a1_in1k", normalize="model")
    assert own(net) == IMAGENET
    net = timm_model(num_classes=3, image_size=32, model="test_vit", normalize="model")
    config = timm.get_pretrained_cfg("test_vit")
    assert config is not None
    assert own(net) == (config.mean, config.std) == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def test_torchvision_too():
    net = torchvision_model(num_classes=3, image_size=32, model="shufflenet_v2_x0_5", normalize="model")
    assert own(net) == IMAGENET


def test_by_default_the_data_decide():
    assert not hasattr(timm_model(num_classes=3, model="test_resnet"), "input_mean")


def test_grey_images_and_unknown_statistics_are_refused():
    with pytest.raises(OptionError, match="normalisation of 1 channels for normalize=model, but it is for 3 channels"):
        timm_model(num_classes=3, in_channels=1, model="test_resnet", normalize="model")
    with pytest.raises(OptionError, match="but nothing is known; use normalize=data"):
        normalize_as(nn.Identity(), None, None, 3)


@pytest.mark.parametrize("make", [timm_model, torchvision_model])
def test_other_words_are_refused(make):
    with pytest.raises(OptionError, match="`normalize` to be one of data, model, but got 'imagenet'"):
        make(num_classes=3, model="resnet18", normalize="imagenet")
