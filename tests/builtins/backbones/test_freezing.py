"""`freeze=`: who is trained, and what batch norm does meanwhile."""

import copy

import pytest
import torch
from torch import nn

from imbalearn_builtins.backbones.freezing import freeze_parameters
from imbalearn_builtins.backbones.resnet import ResNet20
from imbalearn_builtins.backbones.timm_model import timm_model


def trained(net):
    return sum(parameter.numel() for parameter in net.parameters() if parameter.requires_grad)


# Head: 64 x 100 + 100 = 6,500. Norm: 2 x (7 x 16 + 6 x 32 + 6 x 64) = 1,376, and 192 more in the two projections.
@pytest.mark.parametrize(
    ("freeze", "shortcut", "count"),
    [
        ("none", "pad", 275_572),
        ("all-but-head", "pad", 6_500),
        ("all-but-head", "projection", 6_500),
        ("all-but-head-and-norm", "pad", 7_876),
        ("all-but-head-and-norm", "projection", 8_068),
    ],
)
def test_trained_parameters_of_resnet20(freeze, shortcut, count):
    assert trained(ResNet20(num_classes=100, shortcut=shortcut, freeze=freeze)) == count


def test_group_norm_counts_as_norm():
    net = ResNet20(num_classes=100, shortcut="pad", norm="group", freeze="all-but-head-and-norm")
    assert trained(net) == 7_876


def statistics_move(net):
    before = {name: buffer.clone() for name, buffer in net.named_buffers()}
    net(torch.randn(4, 3, 32, 32) + 3)
    return any(not torch.equal(buffer, before[name]) for name, buffer in net.named_buffers())


def make(kind, freeze):
    if kind == "resnet20":
        return ResNet20(num_classes=3, freeze=freeze)
    return timm_model(num_classes=3, model="test_resnet", freeze=freeze)


@pytest.mark.parametrize("kind", ["resnet20", "timm"])
@pytest.mark.parametrize(
    ("freeze", "moves"), [("none", True), ("all-but-head", False), ("all-but-head-and-norm", True)]
)
def test_batch_norm_keeps_its_statistics_only_where_all_but_the_head_is_frozen(kind, freeze, moves):
    net = make(kind, freeze)
    assert net.train() is net
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {norm.training for norm in norms} == {moves}
    assert net.training
    assert statistics_move(net) == moves


def test_a_deep_copy_is_as_frozen_and_independent():
    net = ResNet20(num_classes=3, freeze="all-but-head")
    twin = copy.deepcopy(net)
    for module in net.modules():
        module.training = True
    twin.train()
    assert not twin.bn1.training
    assert net.bn1.training
    assert not statistics_move(twin)


def test_only_the_head_changes_in_a_step():
    net = ResNet20(num_classes=3, freeze="all-but-head").train()
    before = copy.deepcopy(net.state_dict())
    net(torch.randn(4, 3, 8, 8)).square().sum().backward()
    torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1).step()
    changed = {name for name, tensor in net.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {"linear.weight", "linear.bias"}


def test_a_new_head_is_trained():
    net = ResNet20(num_classes=3, freeze="all-but-head")
    net.reset_classifier(100)
    assert trained(net) == 6_500


def test_norm_layers_of_timm_are_known_even_without_torch_ancestors():
    from timm.layers import RmsNorm, RmsNorm2d, SimpleNorm

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(2, 2), RmsNorm(2), RmsNorm2d(2), SimpleNorm(2), nn.LayerNorm(2))
            self.head = nn.Linear(2, 2)

        def get_classifier(self):
            return self.head

    net = Net()
    freeze_parameters(net, "all-but-head-and-norm")
    frozen = {name for name, parameter in net.named_parameters() if not parameter.requires_grad}
    assert frozen == {"body.0.weight", "body.0.bias"}


def test_layer_norms_of_a_transformer_are_trained():
    net = timm_model(num_classes=3, image_size=32, model="test_vit", freeze="all-but-head-and-norm")
    names = {name for name, parameter in net.named_parameters() if parameter.requires_grad}
    assert {"head.weight", "head.bias", "blocks.0.norm1.weight"} <= names
    assert all(name.startswith("head.") or "norm" in name for name in names)
