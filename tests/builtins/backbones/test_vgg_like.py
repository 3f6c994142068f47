"""The VGG-like network and its three heads."""

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.vgg_like import VggLike
from imbalearn_torch.errors import OptionError


def test_parameter_counts():
    pairs = ((3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128))
    body = 9 * sum(inside * outside for inside, outside in pairs) + 2 * sum(outside for _, outside in pairs)
    counts = {
        pool: sum(
            parameter.numel() for parameter in VggLike(num_classes=10, image_size=32, head_pool=pool).parameters()
        )
        for pool in ("flatten", "average")
    }
    # A 32x32 image leaves a map of 128 channels and 4x4 pixels.
    assert counts == {"average": body + 129 * 10, "flatten": body + (128 * 16 + 1) * 128 + 129 * 10}


@pytest.mark.parametrize("norm", ["batch", "group"])
@pytest.mark.parametrize("head_pool", ["flatten", "average"])
@pytest.mark.parametrize(("size", "sides"), [(4, (4, 4)), ((9, 20), (9, 20))])
def test_protocol_and_image_sizes(size, sides, head_pool, norm):
    net = VggLike(num_classes=5, in_channels=1, image_size=size, head_pool=head_pool, norm=norm).eval()
    images = torch.randn(3, 1, *sides)
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    assert features.shape == (3, 128)
    torch.testing.assert_close(net(images), net.get_classifier()(features), rtol=0, atol=0)
    assert len(net.stages) == 3


def test_average_takes_any_size_and_flatten_must_know_it():
    net = VggLike(num_classes=5, head_pool="average").eval()
    assert net(torch.randn(1, 3, 4, 4)).shape == net(torch.randn(1, 3, 40, 30)).shape == (1, 5)
    with pytest.raises(OptionError, match="`image_size` with head_pool=flatten"):
        VggLike(num_classes=5)


def test_dropout_stands_before_the_classifier_and_only_in_training():
    torch.manual_seed(0)
    net = VggLike(num_classes=5, head_pool="average", dropout=0.25).eval()
    maps = net.forward_features(torch.randn(64, 3, 8, 8))
    features = net.forward_head(maps, pre_logits=True)
    torch.testing.assert_close(features, maps.mean(dim=(2, 3)), rtol=0, atol=0)
    dropped = net.train().forward_head(maps, pre_logits=True)
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], features[kept] / 0.75)
    # Of 8,192 features: four standard errors.
    assert float(kept[features != 0].double().mean()) == pytest.approx(0.75, abs=0.02)


def test_the_hidden_layer_is_no_part_of_the_head():
    net = VggLike(num_classes=5, image_size=8, freeze="all-but-head")
    assert isinstance(net.hidden, nn.Linear)
    assert [name for name, each in net.named_parameters() if each.requires_grad] == ["linear.weight", "linear.bias"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"head_pool": "max"}, "`head_pool` to be one of flatten, average, but got 'max'"),
        ({"dropout": 1.0}, r"`dropout` to be in \[0, 1\), but got 1.0"),
        ({"dropout": -0.1}, r"`dropout` to be in \[0, 1\), but got -0.1"),
        ({"norm": "none"}, "`norm` to be one of batch, group, but got 'none'"),
        ({"pretrained": True}, "give pretrained=PATH"),
    ],
)
def test_wrong_values(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        VggLike(num_classes=3, image_size=8, **options)
