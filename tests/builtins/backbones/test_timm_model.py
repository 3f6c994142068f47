"""timm models, on the tiny ones that timm keeps for tests."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from imbalearn_builtins.backbones.timm_model import timm_model
from imbalearn_torch.errors import OptionError


@pytest.mark.parametrize("model", ["test_resnet", "test_vit", "test_byobnet", "test_convnext"])
def test_models_take_the_images_given(model):
    net = timm_model(num_classes=5, in_channels=1, image_size=(32, 64), model=model).eval()
    images = torch.randn(2, 1, 32, 64)
    logits = net(images)
    assert logits.shape == (2, 5)
    features = net.forward_head(net.forward_features(images), pre_logits=True)
    torch.testing.assert_close(net.get_classifier()(features), logits, rtol=0, atol=0)


def test_it_is_the_model_that_timm_makes():
    torch.manual_seed(0)
    expected = timm.create_model("test_vit", num_classes=4, in_chans=3, img_size=32).state_dict()
    torch.manual_seed(0)
    state = timm_model(num_classes=4, image_size=32, model="test_vit").state_dict()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in state)


@pytest.mark.parametrize(
    ("model", "shapes"),
    [
        ("test_resnet", [(16, 16), (8, 8), (4, 4), (2, 2), (1, 1)]),
        ("test_vit", [(5, 64)] * 6),  # six blocks; four patches of 16 x 16 pixels and the class token
    ],
)
def test_stages_are_modules_of_the_model(model, shapes):
    net = timm_model(num_classes=4, image_size=32, model=model).eval()
    seen = []
    for stage in net.stages:
        stage.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape[-2:])))
    net(torch.randn(2, 3, 32, 32))
    assert seen == shapes


def test_unknown_names_are_answered_with_near_ones():
    with pytest.raises(OptionError, match=r"but got 'resnet_18'; did you mean .*resnet18"):
        timm_model(num_classes=2, model="resnet_18")
    with pytest.raises(OptionError, match=r"timm.list_models\(\), but got 'qqqqqqqqqq'$"):
        timm_model(num_classes=2, model="qqqqqqqqqq")


def test_unknown_tags_are_answered_with_the_known_ones():
    with pytest.raises(OptionError, match=r"for 'test_resnet' \(test_resnet\.\w+\), but got 'test_resnet\.nosuchtag'"):
        timm_model(num_classes=2, model="test_resnet.nosuchtag")


@pytest.mark.parametrize("model", ["test_vit", "test_maxvit"])  # patches of 16 pixels; windows of 8 x 8 patches
def test_images_a_model_cannot_take_are_named(model):
    with pytest.raises(
        OptionError, match=rf"'{model}' does not work with 1 channels and images of 8x8 pixels: \w+Error"
    ):
        timm_model(num_classes=2, in_channels=1, image_size=8, model=model)


def test_trying_out_a_size_leaves_no_trace():
    net = timm_model(num_classes=2, image_size=32, model="test_resnet")
    assert net.training
    assert all(int(buffer) == 0 for name, buffer in net.named_buffers() if name.endswith("num_batches_tracked"))


def test_tables_are_refused():
    with pytest.raises(OptionError, match="tables"):
        timm_model(num_classes=2, in_channels=None, image_size=None, model="test_resnet")


def test_weights_from_a_file(tmp_path):
    file = tmp_path / "model.safetensors"
    source = timm_model(num_classes=4, model="test_resnet")
    save_file(source.state_dict(), file)
    loaded = timm_model(num_classes=4, model="test_resnet", pretrained=file).state_dict()
    assert all(torch.equal(tensor, loaded[name]) for name, tensor in source.state_dict().items())
    with pytest.warns(UserWarning, match=r"it needs fc.bias \[7\], fc.weight \[7, 96\]"):
        other = timm_model(num_classes=7, model="test_resnet", pretrained=file)
    assert torch.equal(other.conv1[0].weight, source.conv1[0].weight)
    with pytest.raises(OptionError, match=r"of another shape: conv1.0.weight \[\d+, 3, 3, 3\] instead of"):
        timm_model(num_classes=4, in_channels=1, model="test_resnet", pretrained=file)


@pytest.mark.parametrize(("freeze", "others"), [("all-but-head", False), ("all-but-head-and-norm", True)])
def test_freeze(freeze, others):
    net = timm_model(num_classes=4, model="test_resnet", freeze=freeze)
    names = {name for name, parameter in net.named_parameters() if parameter.requires_grad}
    assert {"fc.weight", "fc.bias"} <= names
    assert (len(names) > 2) == others
