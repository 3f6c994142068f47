"""The small convolutional network."""

import pytest
import torch
from safetensors.torch import save_file

from imbalearn_builtins.backbones.small_cnn import SmallCnn
from imbalearn_torch.errors import OptionError


@pytest.mark.parametrize(("classes", "channels"), [(10, 3), (100, 1)])
def test_parameter_count(classes, channels):
    kernels = 9 * (channels * 64 + 64 * 128 + 128 * 256)
    count = sum(parameter.numel() for parameter in SmallCnn(num_classes=classes, in_channels=channels).parameters())
    assert count == kernels + 2 * (64 + 128 + 256) + 257 * classes


@pytest.mark.parametrize("norm", ["batch", "group"])
@pytest.mark.parametrize("sides", [(4, 4), (32, 32), (7, 9)])
def test_protocol_and_any_image_size(sides, norm):
    net = SmallCnn(num_classes=5, norm=norm).eval()
    images = torch.randn(3, 3, *sides)
    maps = net.forward_features(images)
    assert maps.shape == (3, 256, -(-sides[0] // 8), -(-sides[1] // 8))
    features = net.forward_head(maps, pre_logits=True)
    torch.testing.assert_close(features, maps.mean(dim=(2, 3)), rtol=0, atol=0)
    torch.testing.assert_close(net(images), net.get_classifier()(features), rtol=0, atol=0)
    assert len(net.stages) == 3


def test_weights_from_a_file(tmp_path):
    source = SmallCnn(num_classes=4)
    save_file(source.state_dict(), tmp_path / "model.safetensors")
    loaded = SmallCnn(num_classes=4, pretrained=tmp_path / "model.safetensors", freeze="all-but-head")
    assert all(torch.equal(each, loaded.state_dict()[name]) for name, each in source.state_dict().items())
    assert [name for name, each in loaded.named_parameters() if each.requires_grad] == ["linear.weight", "linear.bias"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"norm": "layer"}, "`norm` to be one of batch, group, but got 'layer'"),
        ({"pretrained": True}, "give pretrained=PATH"),
        ({"in_channels": None}, "tables"),
    ],
)
def test_wrong_values(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        SmallCnn(num_classes=3, **options)
