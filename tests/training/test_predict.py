"""Predictions: order, eval mode, mirror images, scale, types."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from imbalearn_torch.training import predict as module
from imbalearn_torch.training.network import Network
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.training.predict import predict

FP64 = Precision("fp64", torch.device("cpu"))


@pytest.fixture
def network(small_net) -> Network:
    torch.manual_seed(1)
    return Network(small_net(), features=True).double()


def by_hand(network: Network, images: Tensor) -> tuple[Tensor, Tensor]:
    """Logits and features in eval mode, with the formulas of the small net written out."""
    net: Any = network.backbone
    norm = net.norm
    maps = nn.functional.conv2d(images, net.conv.weight, padding=1)
    shape = (1, -1, 1, 1)
    maps = (maps - norm.running_mean.view(shape)) / (norm.running_var.view(shape) + norm.eps).sqrt()
    maps = (maps * norm.weight.view(shape) + norm.bias.view(shape)).clamp_min(0)
    features = maps.mean(dim=(2, 3))
    return (features @ net.fc.weight.T + net.fc.bias).detach(), features.detach()


@pytest.mark.parametrize("batch", [7, 500])
def test_every_image_once_in_order_without_augmentation(make_loader, network, monkeypatch, batch: int) -> None:
    monkeypatch.setattr(module, "_BATCH", batch)
    loader = make_loader("crop:pad=2+flip+cutout:size=3")
    network.backbone.norm.running_mean.fill_(0.3)
    outputs = predict(network, loader, precision=FP64)
    logits, features = by_hand(network, (loader.inputs.double() / 255 - 0.5) / 0.25)
    assert torch.allclose(outputs.logits.double(), logits, rtol=0, atol=1e-6)
    assert outputs.features is not None
    assert torch.allclose(outputs.features.double(), features, rtol=0, atol=1e-6)
    assert torch.equal(outputs.targets, loader.targets)


def test_flip_averages_the_logits_and_features_of_both_views(make_loader, network) -> None:
    loader = make_loader()
    outputs = predict(network, loader, precision=FP64, flip=True)
    images = (loader.inputs.double() / 255 - 0.5) / 0.25
    (logits, features), (mirrored, turned) = by_hand(network, images), by_hand(network, images.flip(3))
    assert not torch.allclose(logits, mirrored, atol=1e-4)
    assert torch.allclose(outputs.logits.double(), (logits + mirrored) / 2, rtol=0, atol=1e-6)
    assert outputs.features is not None
    assert not torch.allclose(features, turned, atol=1e-4)
    assert torch.allclose(outputs.features.double(), (features + turned) / 2, rtol=0, atol=1e-6)
    # So the head gives these logits from these features, and another head in its place is averaged likewise.
    given = network.backbone.fc(outputs.features.double())
    assert torch.allclose(given, outputs.logits.double(), rtol=0, atol=1e-5)


def test_unit_features_are_what_a_cosine_head_averages(make_loader, small_net) -> None:
    torch.manual_seed(1)
    network = Network(small_net(), features=True, cosine=True).double()
    outputs = predict(network, make_loader(), precision=FP64, scale=30.0, flip=True, unit=True)
    assert outputs.features is not None
    weight = 30 * nn.functional.normalize(network.backbone.fc.weight)
    assert torch.allclose(outputs.features.double() @ weight.T, outputs.logits.double(), rtol=0, atol=1e-5)
    lengths = predict(network, make_loader(), precision=FP64, unit=True).features.norm(dim=1)
    assert torch.allclose(lengths, torch.ones_like(lengths), rtol=0, atol=1e-6)


def test_scale_multiplies_logits_and_nothing_else(make_loader, network) -> None:
    plain, scaled = (predict(network, make_loader(), precision=FP64, scale=scale) for scale in (1.0, 30.0))
    assert torch.allclose(scaled.logits, 30 * plain.logits, rtol=1e-6)
    assert plain.features is not None
    assert scaled.features is not None
    assert torch.equal(scaled.features, plain.features)


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_restored_and_no_statistics_move(make_loader, network, training: bool) -> None:
    network.train(training)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    predict(network, make_loader(), precision=FP64)
    assert all(each.training == training for each in network.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_a_plain_network_has_no_features(make_loader, small_net) -> None:
    assert predict(Network(small_net()).double(), make_loader(), precision=FP64).features is None


@pytest.mark.parametrize("name", ["fp32", "bf16", "fp16", "fp64"])
def test_everything_is_float32_on_the_cpu_without_gradient(make_loader, network, name: str) -> None:
    precision = Precision(name, torch.device("cpu"))
    outputs = predict(network.to(precision.master), make_loader(dtype=precision.master), precision=precision)
    for tensor in (outputs.logits, outputs.features):
        assert tensor is not None
        assert (tensor.dtype, tensor.device.type, tensor.requires_grad) == (torch.float32, "cpu", False)
    assert outputs.targets.dtype == torch.int64
