"""ResNet20: the parameter counts of its paper's architecture, timm's protocol, shapes, and a public checkpoint."""

import io
import os
from pathlib import Path

import pytest
import torch

from imbalearn_builtins.backbones.resnet import ResNet20
from imbalearn_torch.errors import OptionError

SHARED = Path(os.environ.get("IMBALEARN_SHARED", Path(__file__).parents[4] / "shared"))


# The sum on the last line counts by hand: 3x3 kernels, scale and shift of the norms, head, and the two projections.
@pytest.mark.parametrize(
    ("shortcut", "classes", "count"),
    [("pad", 10, 269_722), ("projection", 10, 272_474), ("pad", 100, 275_572), ("projection", 100, 278_324)],
)
def test_parameter_count(shortcut, classes, count):
    net = ResNet20(num_classes=classes, shortcut=shortcut)
    assert sum(parameter.numel() for parameter in net.parameters()) == count
    kernels = 9 * (3 * 16 + 6 * 16 * 16 + 16 * 32 + 5 * 32 * 32 + 32 * 64 + 5 * 64 * 64)
    projection = 16 * 32 + 32 * 64 + 2 * 32 + 2 * 64 if shortcut == "projection" else 0
    assert kernels + 2 * (7 * 16 + 6 * 32 + 6 * 64) + 65 * classes + projection == count


@pytest.mark.parametrize(("shortcut", "norm"), [("pad", "batch"), ("projection", "batch"), ("projection", "group")])
@pytest.mark.parametrize(("channels", "height", "width"), [(1, 8, 8), (3, 4, 4), (2, 9, 13)])
def test_any_image_size(channels, height, width, shortcut, norm):
    net = ResNet20(num_classes=5, in_channels=channels, shortcut=shortcut, norm=norm)
    images = torch.randn(2, channels, height, width)
    assert net(images).shape == (2, 5)
    maps = net.forward_features(images)
    assert maps.shape == (2, 64, -(-height // 4), -(-width // 4))
    assert net.forward_head(maps, pre_logits=True).shape == (2, 64)


def test_timm_protocol():
    net = ResNet20(num_classes=7).eval()
    images = torch.randn(3, 3, 16, 16)
    head = net.get_classifier()
    assert isinstance(head, torch.nn.Linear)
    assert (head.in_features, head.out_features) == (64, 7)
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    torch.testing.assert_close(net(images), head(features), rtol=0, atol=0)
    torch.testing.assert_close(features, net.forward_features(images).mean(dim=(2, 3)), rtol=0, atol=0)


def test_reset_classifier_makes_another_head_of_the_same_type():
    net = ResNet20(num_classes=7).double()
    net.reset_classifier(4)
    assert net.get_classifier().weight.shape == (4, 64)
    assert net(torch.randn(2, 3, 8, 8, dtype=torch.float64)).shape == (2, 4)
    with pytest.raises(OptionError, match="num_classes"):
        net.reset_classifier(0)


def test_stages_are_the_three_whose_outputs_follow_each_other():
    net = ResNet20(num_classes=2).eval()
    images = torch.randn(2, 3, 16, 16)
    shapes = []
    for stage in net.stages:
        stage.register_forward_hook(lambda module, inputs, output: shapes.append(tuple(output.shape)))
    maps = net.forward_features(images)
    assert shapes == [(2, 16, 16, 16), (2, 32, 8, 8), (2, 64, 4, 4)]
    assert maps.shape == shapes[-1]


def test_a_batch_of_one_in_eval_mode_is_a_row_of_the_batch():
    net = ResNet20(num_classes=4).double().eval()
    images = torch.randn(3, 3, 8, 8, dtype=torch.float64)
    torch.testing.assert_close(net(images[1:2]), net(images)[1:2], rtol=1e-10, atol=1e-12)


def test_initial_weights_come_from_the_default_generator():
    def weights(seed):
        torch.manual_seed(seed)
        return ResNet20(num_classes=3).state_dict()

    first, again, other = weights(1), weights(1), weights(2)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


def test_convolutions_start_with_he_standard_deviation():
    # He 2015, eq. 14: variance 2 / (kernel area x output channels); 36,864 draws, so 1 % is 2.7 standard errors.
    torch.manual_seed(0)
    weight = ResNet20(num_classes=10).layer3[1].conv1.weight
    assert weight.std().item() == pytest.approx((2 / (9 * 64)) ** 0.5, rel=0.01)


def test_channels_last_is_kept_and_changes_nothing():
    for shortcut in ("pad", "projection"):
        net = ResNet20(num_classes=4, shortcut=shortcut).double().eval()
        images = torch.randn(2, 3, 16, 16, dtype=torch.float64)
        expected = net(images)
        net = net.to(memory_format=torch.channels_last)
        maps = net.forward_features(images.contiguous(memory_format=torch.channels_last))
        assert maps.is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(net.forward_head(maps), expected, rtol=1e-10, atol=1e-12)


def test_trains_under_bfloat16_autocast():
    net = ResNet20(num_classes=4, shortcut="pad")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(torch.randn(4, 3, 8, 8))
    logits.float().logsumexp(dim=1).sum().backward()
    assert logits.dtype == torch.bfloat16
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in net.parameters())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"shortcut": "identity"}, "`shortcut` to be one of projection, pad"),
        ({"norm": "layer"}, "`norm` to be one of batch, group, but got 'layer'"),
        ({"freeze": "all"}, "`freeze` to be one of"),
        ({"pretrained": True}, "give pretrained=PATH"),
        ({"in_channels": None}, "tables"),
        ({"in_channels": 0}, "`in_channels` to be >= 1, but got 0"),
    ],
)
def test_wrong_values(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        ResNet20(num_classes=3, **options)


@pytest.mark.shared
def test_the_public_checkpoint_classifies_cifar10():
    """Published: 91.73 % of the 10,000 test images; 500 of them have a standard error of 1.23, so three are 88 %."""
    weights = SHARED / "weights" / "resnet20-cifar10-12fca82f.th"
    images_file = SHARED / "data" / "cifar10" / "test.parquet"
    if not weights.is_file() or not images_file.is_file():
        pytest.skip(f"no CIFAR-10 test images or weights in {SHARED}")
    parquet = pytest.importorskip("pyarrow.parquet")
    from PIL import Image
    from torchvision.transforms.v2.functional import normalize, pil_to_tensor

    rows = next(parquet.ParquetFile(images_file).iter_batches(batch_size=500)).to_pylist()
    images = torch.stack([pil_to_tensor(Image.open(io.BytesIO(row["img"]["bytes"])).convert("RGB")) for row in rows])
    images = normalize(images.float() / 255, mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    targets = torch.tensor([row["label"] for row in rows])
    net = ResNet20(num_classes=10, shortcut="pad", pretrained=weights).eval()
    with torch.inference_mode():
        accuracy = (net(images).argmax(dim=1) == targets).double().mean().item()
    assert accuracy > 0.88
