import copy

import pytest
import torch
from torch import nn

from imbalearn_tabular.mlp import MLP
from imbalearn_torch import build
from imbalearn_torch.errors import OptionError


# Weights and biases by hand; batch norm and layer norm have a scale and a shift each.
@pytest.mark.parametrize(
    ("options", "count"),
    [
        ("hidden=[]", 13 * 3 + 3),
        ("hidden=[5],norm=none", 13 * 5 + 5 + 5 * 3 + 3),
        ("hidden=[5,7],norm=batch", 13 * 5 + 5 + 10 + 5 * 7 + 7 + 14 + 7 * 3 + 3),
        ("hidden=[5,7],norm=layer,dropout=0", 13 * 5 + 5 + 10 + 5 * 7 + 7 + 14 + 7 * 3 + 3),
    ],
)
def test_parameter_count(options, count):
    net = build("backbone", f"imbalearn-tabular/mlp:{options}", num_classes=3, input_shape=(13,))
    assert sum(parameter.numel() for parameter in net.parameters()) == count


def test_one_hidden_layer_is_its_formula():
    torch.manual_seed(0)
    net = MLP(num_classes=3, input_shape=(4,), hidden=(5,), norm="none", dropout=0.0)
    x = torch.randn(6, 4)
    first = net.layers[0][0]
    hidden = (x @ first.weight.T + first.bias).clamp_min(0)
    torch.testing.assert_close(net(x), hidden @ net.head.weight.T + net.head.bias)


def test_images_are_flattened():
    net = MLP(num_classes=3, input_shape=(2, 4, 5)).eval()
    images = torch.randn(6, 2, 4, 5)
    torch.testing.assert_close(net(images), net(images.flatten(1)))
    assert net(images.to(memory_format=torch.channels_last)).equal(net(images))


@pytest.mark.parametrize("hidden", [(), (5,), (8, 7)])
def test_timm_protocol(hidden):
    net = MLP(num_classes=3, input_shape=(4,), hidden=hidden).eval()
    x = torch.randn(6, 4)
    features = net.forward_head(net.forward_features(x), pre_logits=True)
    head = net.get_classifier()
    assert isinstance(head, nn.Linear)
    assert features.shape == (6, hidden[-1] if hidden else 4)
    assert net(x).equal(head(features))


def test_reset_classifier_makes_another_head_of_the_same_type():
    net = MLP(num_classes=3, input_shape=(4,)).double().eval()
    net.reset_classifier(5)
    assert net(torch.randn(6, 4, dtype=torch.float64)).shape == (6, 5)
    with pytest.raises(OptionError, match="num_classes"):
        net.reset_classifier(0)


def test_stages_follow_each_other():
    net = copy.deepcopy(MLP(num_classes=3, input_shape=(4,), hidden=(8, 7)).eval())
    x = torch.randn(6, 4)
    first, second = net.stages
    assert second(first(x)).equal(net.forward_features(x))
    assert not hasattr(MLP(num_classes=3, input_shape=(4,), hidden=()), "stages")


@pytest.mark.parametrize(
    ("activation", "function"),
    [("relu", torch.relu), ("gelu", nn.functional.gelu), ("silu", nn.functional.silu), ("tanh", torch.tanh)],
)
def test_activations(activation, function):
    net = MLP(num_classes=2, input_shape=(3,), hidden=(4,), norm="none", dropout=0.0, activation=activation)
    x = torch.randn(5, 3)
    torch.testing.assert_close(net.forward_features(x), function(net.layers[0][0](x)))


def test_dropout_zeroes_its_share_in_training_only():
    torch.manual_seed(0)
    net = MLP(num_classes=2, input_shape=(3,), hidden=(1000,), norm="none", dropout=0.3, activation="tanh")
    x = torch.randn(20, 3)
    share = (net.forward_features(x) == 0).float().mean()
    assert abs(share - 0.3) < 5 * (0.3 * 0.7 / 20_000) ** 0.5
    assert not (net.eval().forward_features(x) == 0).any()


def test_batch_norm_needs_two_rows():
    one = torch.randn(1, 4)
    with pytest.raises(OptionError, match="norm=batch cannot train on a batch of one row"):
        MLP(num_classes=3, input_shape=(4,))(one)
    assert MLP(num_classes=3, input_shape=(4,)).eval()(one).shape == (1, 3)
    assert MLP(num_classes=3, input_shape=(4,), norm="layer")(one).shape == (1, 3)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"hidden": (8, 0)}, r"Expected `hidden` to be widths >= 1, but got \[8, 0\]"),
        ({"dropout": 1.0}, r"Expected `dropout` to be in \[0, 1\), but got 1.0"),
        ({"dropout": -0.1}, "Expected `dropout`"),
        ({"norm": "group"}, "Expected `norm` to be one of none, batch, layer, but got 'group'"),
        ({"activation": "elu"}, "Expected `activation` to be one of relu, gelu, silu, tanh, but got 'elu'"),
        ({"num_classes": 0}, "Expected `num_classes` to be >= 1, but got 0"),
        ({"input_shape": ()}, "Expected `input_shape` to be numbers >= 1"),
        ({"input_shape": (0,)}, "Expected `input_shape` to be numbers >= 1"),
    ],
)
def test_values_that_cannot_be_used(options, problem):
    with pytest.raises(OptionError, match=problem):
        MLP(**{"num_classes": 3, "input_shape": (4,), **options})
