"""Backbone and head as one module."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.training.network import Network

IMAGES = torch.randn(5, 3, 6, 6, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def backbone(small_net) -> nn.Module:
    torch.manual_seed(0)
    return small_net().eval()


def test_any_module_gives_logits() -> None:
    plain = nn.Sequential(nn.Flatten(), nn.Linear(108, 4))
    assert torch.equal(Network(plain)(IMAGES), plain(IMAGES))


def test_features_come_with_the_same_logits(backbone) -> None:
    logits, features = Network(backbone, features=True)(IMAGES)
    assert torch.allclose(logits, backbone(IMAGES), rtol=0, atol=1e-6)
    assert features.shape == (5, 6)
    assert torch.allclose(features @ backbone.fc.weight.T + backbone.fc.bias, logits, rtol=0, atol=1e-6)


@pytest.mark.parametrize("features", [True, False])
def test_cosine_logits_are_cosines(backbone, features: bool) -> None:
    output = Network(backbone, features=features, cosine=True)(IMAGES)
    logits, hidden = (
        output if features else (output, backbone.forward_head(backbone.forward_features(IMAGES), pre_logits=True))
    )
    assert features == isinstance(output, tuple)
    for row in range(5):
        for label in range(4):
            expected = torch.cosine_similarity(hidden[row], backbone.fc.weight[label], dim=0)
            assert float(logits[row, label].detach()) == pytest.approx(float(expected.detach()), abs=1e-6)


def test_a_cosine_head_freezes_its_bias_alone(backbone) -> None:
    network = Network(backbone, cosine=True)
    assert [name for name, each in network.named_parameters() if not each.requires_grad] == ["backbone.fc.bias"]
    network(IMAGES).sum().backward()
    assert backbone.fc.weight.grad is not None
    assert backbone.fc.bias.grad is None


def test_a_cosine_head_without_a_bias(backbone) -> None:
    backbone.fc = nn.Linear(6, 4, bias=False)
    assert Network(backbone, cosine=True)(IMAGES).abs().max() <= 1 + 1e-6


def test_cosines_are_exact_under_autocast(backbone) -> None:
    # bf16 has eight bits: a cosine near 1 would be off by up to 1/512, and a loss multiplies it by 30.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits, features = Network(backbone, features=True, cosine=True)(IMAGES)
    expected = torch.cosine_similarity(features[:, None].double(), backbone.fc.weight[None].double(), dim=2)
    assert logits.dtype == torch.float32
    assert torch.allclose(logits.double(), expected, rtol=0, atol=1e-6)


def test_weights_keep_the_backbones_names(backbone) -> None:
    assert set(Network(backbone, cosine=True).state_dict()) == {f"backbone.{name}" for name in backbone.state_dict()}


@pytest.mark.parametrize(
    ("options", "what"), [({"features": True}, "features are"), ({"cosine": True}, "a cosine head is")]
)
def test_a_backbone_without_the_protocol_is_refused(options: dict, what: str) -> None:
    with pytest.raises(ComponentError) as caught:
        Network(nn.Linear(3, 4), **options)
    assert str(caught.value) == (
        f"{what} asked for by the loss or an adjuster, but the backbone Linear has no "
        "forward_features, forward_head, get_classifier"
    )


@pytest.mark.parametrize("options", [{"features": True}, {"cosine": True}])
def test_a_head_that_is_not_linear_is_refused_before_the_first_step(backbone, options: dict) -> None:
    backbone.fc = nn.Identity()
    with pytest.raises(ComponentError, match=r"classifier to be an nn\.Linear, but got Identity"):
        Network(backbone, **options)


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (lambda logits: logits[:, :3], r"\[5, 3\]"),
        (lambda logits: logits[:2], r"\[2, 4\]"),
        (lambda logits: logits[..., None], r"\[5, 4, 1\]"),
        (lambda logits: (logits, logits), "tuple"),
    ],
)
def test_what_is_no_logit_for_each_class_is_named(backbone, answer, came: str) -> None:
    class Wrong(nn.Module):
        def forward(self, images: Tensor):
            return answer(backbone(images))

    with pytest.raises(ComponentError, match=rf"backbone Wrong to give logits \[B, K\] = \[5, 4\], but got {came}"):
        Network(Wrong(), classes=4)(IMAGES)
    assert Network(backbone, classes=4)(IMAGES).shape == (5, 4)


def test_dropout_and_batch_norm_follow_the_mode(backbone) -> None:
    network = Network(backbone, features=True).train()
    first: Tensor = network(IMAGES)[0]
    assert not torch.equal(first, network(IMAGES)[0])
    network.eval()
    assert torch.equal(network(IMAGES)[0], network(IMAGES)[0])
