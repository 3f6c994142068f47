"""torchvision's models: each family with timm's protocol, other channels, published weights from the cache."""

import socket
from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from imbalearn_builtins.backbones.torchvision_model import torchvision_model
from imbalearn_builtins.backbones.torchvision_protocol import find_stages, last_linear
from imbalearn_builtins.backbones.torchvision_weights import published_weights
from imbalearn_torch.errors import OptionError

# A small model of each family that is built and run within a second.
FAMILIES = {
    "mnasnet0_5": 32,
    "mobilenet_v2": 32,
    "mobilenet_v3_small": 32,
    "resnet18": 8,
    "shufflenet_v2_x0_5": 32,
    "googlenet": 32,
}


def make(model="shufflenet_v2_x0_5", **options):
    return torchvision_model(**{"num_classes": 4, "image_size": 32, "model": model, **options})


@pytest.mark.parametrize("model", FAMILIES)
def test_the_protocol_is_added_to_the_model_itself(model):
    side = FAMILIES[model]
    torch.manual_seed(0)
    net = make(model, image_size=side).eval()
    torch.manual_seed(0)
    extra = {"aux_logits": False, "init_weights": True} if model == "googlenet" else {}
    plain = torchvision.models.get_model(model, num_classes=4, **extra).eval()
    assert all(torch.equal(each, net.state_dict()[name]) for name, each in plain.state_dict().items())
    images = torch.randn(2, 3, side, side)
    logits = net(images)
    torch.testing.assert_close(logits, plain(images))
    head = net.get_classifier()
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    assert features.shape == (2, head.in_features)
    torch.testing.assert_close(head(features), logits, rtol=0, atol=0)
    assert isinstance(net, type(plain))
    assert len(net.stages) >= 3
    net.reset_classifier(9)
    assert net(images).shape == (2, 9)


def test_features_carry_gradients_and_leave_no_hook():
    net = make().train()
    features = net.forward_head(net.forward_features(torch.randn(4, 3, 32, 32)), pre_logits=True)
    features.square().mean().backward()
    assert all(each.grad is not None for name, each in net.named_parameters() if not name.startswith("fc."))
    assert not net.get_classifier()._forward_hooks


@pytest.mark.parametrize("model", FAMILIES)
def test_stages_follow_each_other(model):
    side = FAMILIES[model]
    net = make(model, image_size=side).eval()
    called = []
    for number, stage in enumerate(net.stages):
        stage.register_forward_hook(lambda module, inputs, output, number=number: called.append(number))
    net(torch.randn(1, 3, side, side))
    assert called == list(range(len(net.stages)))


def test_stages_of_the_larger_families_are_found():
    # Built on the meta device, which allocates nothing.
    with torch.device("meta"):
        models = torchvision.models
        built = {
            "vgg11": models.vgg11(num_classes=2, init_weights=False),
            "vit_b_32": models.vit_b_32(image_size=32),
            "swin_t": models.swin_t(),
            "convnext_tiny": models.convnext_tiny(),
            "densenet121": models.densenet121(),
            "efficientnet_b0": models.efficientnet_b0(),
        }
    built["regnet_x_400mf"] = models.regnet_x_400mf()  # its constructor calculates with tensors
    counts = {name: len(find_stages(net)) for name, net in built.items()}
    # By torchvision's source: five pools; twelve encoder blocks; a patch layer, then four stages with three mergings or
    # downsamplings between, twice; a pool, then four blocks with three transitions; stem, seven stages, last layer.
    assert counts == {
        "vgg11": 5,
        "vit_b_32": 12,
        "swin_t": 8,
        "convnext_tiny": 8,
        "densenet121": 8,
        "efficientnet_b0": 9,
        "regnet_x_400mf": 4,
    }
    assert all(last_linear(net) is not None for net in built.values())


def test_a_model_without_a_linear_classifier_gives_logits_only():
    net = make("squeezenet1_1").eval()
    assert net(torch.randn(2, 3, 32, 32)).shape == (2, 4)
    assert not hasattr(net, "forward_features")
    with pytest.raises(OptionError, match="a classifier for freeze=all-but-head, but SqueezeNet has none"):
        make("squeezenet1_1", freeze="all-but-head")


def test_weights_of_such_a_model_load_for_their_classes_alone(tmp_path):
    source = make("squeezenet1_1")
    torch.save(source.state_dict(), tmp_path / "weights.pth")
    loaded = make("squeezenet1_1", pretrained=tmp_path / "weights.pth").state_dict()
    assert all(torch.equal(each, loaded[name]) for name, each in source.state_dict().items())
    with pytest.raises(OptionError, match=r"classifier.1.weight \[4, 512, 1, 1\] instead of \[5, 512, 1, 1\]"):
        make("squeezenet1_1", num_classes=5, pretrained=tmp_path / "weights.pth")


def test_other_channels():
    for channels in (1, 2):
        net = make(in_channels=channels).eval()
        assert net(torch.randn(2, channels, 32, 32)).shape == (2, 4)
    assert make("regnet_x_400mf", in_channels=1).stem[0].stride == (2, 2)


def test_transformers_are_made_for_the_size():
    with pytest.raises(OptionError, match=r"'vit_b_32' is for square images; use resize=PIXELS"):
        make("vit_b_32", image_size=(32, 64))
    with pytest.raises(OptionError, match=r"'maxvit_t' does not work with 3 channels and images of 32x32"):
        make("maxvit_t")


def test_images_a_model_cannot_take_are_named():
    with pytest.raises(OptionError, match=r"'densenet121' does not work with 3 channels and images of 8x8 pixels: \w+"):
        make("densenet121", image_size=8)


def test_unknown_names_are_answered_with_near_ones():
    with pytest.raises(OptionError, match=r"but got 'resnet_18'; did you mean .*resnet18"):
        make("resnet_18")
    with pytest.raises(OptionError, match=r"models\), but got 'fcn_resnet50_'|did you mean"):
        make("fcn_resnet50_")
    with pytest.raises(OptionError, match="tables"):
        make(in_channels=None, image_size=None)


def test_trying_out_a_size_leaves_no_trace():
    net = make()
    assert net.training
    assert all(int(buffer) == 0 for name, buffer in net.named_buffers() if name.endswith("num_batches_tracked"))


def test_weights_from_a_file(tmp_path):
    source = make()
    torch.save(source.state_dict(), tmp_path / "weights.pth")
    loaded = make(pretrained=tmp_path / "weights.pth", freeze="all-but-head-and-norm")
    assert all(torch.equal(each, loaded.state_dict()[name]) for name, each in source.state_dict().items())
    norms = sum(isinstance(each, nn.BatchNorm2d) for each in loaded.modules())
    assert sum(each.requires_grad for each in loaded.parameters()) == 2 * norms + 2


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """torch's download folder."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def published(cache):
    """What torchvision would have downloaded, with weights of our own."""
    torch.manual_seed(1)
    source = torchvision.models.shufflenet_v2_x0_5()
    weights = torchvision.models.get_model_weights("shufflenet_v2_x0_5").DEFAULT  # pyright: ignore
    torch.save(source.state_dict(), cache / Path(weights.url).name)
    return source


def test_published_weights_come_with_another_head(published):
    net = make(pretrained=True, resize=64, normalize="model")
    state = net.state_dict()
    same = [name for name, each in published.state_dict().items() if torch.equal(each, state[name])]
    assert set(state) - set(same) == {"fc.weight", "fc.bias"}
    assert net.get_classifier().out_features == 4


def test_published_weights_keep_their_head_for_their_classes(published):
    state = make(pretrained=True, num_classes=1000).state_dict()
    assert all(torch.equal(each, state[name]) for name, each in published.state_dict().items())


def test_published_weights_of_grey_images_are_summed(published):
    net = make(pretrained=True, in_channels=1, num_classes=1000).eval()
    grey = torch.rand(2, 1, 32, 32)
    torch.testing.assert_close(net(grey), published.eval()(grey.expand(-1, 3, -1, -1)), rtol=1e-4, atol=1e-5)
    with pytest.raises(OptionError, match="1 or 3 channels for published weights, but got 4"):
        make(pretrained=True, in_channels=4)


def test_weights_out_of_reach_are_one_sentence(cache, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    weights = torchvision.models.ShuffleNet_V2_X0_5_Weights.DEFAULT
    monkeypatch.setattr(type(weights), "url", f"http://127.0.0.1:{port}/x.pth", raising=False)
    with pytest.raises(OptionError, match=r"'shufflenet_v2_x0_5' are downloaded from http.*cannot be reached"):
        published_weights("shufflenet_v2_x0_5", download=True)
    assert published_weights("shufflenet_v2_x0_5", download=False) is weights


def test_a_damaged_download_is_one_sentence(cache):
    weights = torchvision.models.ShuffleNet_V2_X0_5_Weights.DEFAULT
    (cache / Path(weights.url).name).write_bytes(b"PK")
    with pytest.raises(OptionError, match="shufflenet_v2_x0_5"):
        make(pretrained=True)
