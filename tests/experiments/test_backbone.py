"""What a backbone tells the engine of itself: its own normalisation, and which parameters are its classifier's."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import ComponentError, ConfigError, OptionError
from imbalearn_torch.experiments.backbone import head_parameters, own_normalisation
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session

OF_DATA = ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))


class Tiny(nn.Module):
    """Means of the channels, and a linear layer."""

    def __init__(self, mean: Any = None, std: Any = None) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)
        if mean is not None:
            self.input_mean = mean
        if std is not None:
            self.input_std = std

    def forward(self, images: Tensor) -> Tensor:
        return self.linear(images.mean(dim=(2, 3)))


class Headed(Tiny):
    """With the one method of timm's protocol that a rate of its own needs."""

    def get_classifier(self) -> nn.Linear:
        return self.linear


def opened(**options: Any) -> Session:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (40, 3, 8, 8), dtype=torch.uint8, generator=generator)
    part = ibt.Samples(images, torch.arange(40) % 2)
    data = ibt.Dataset(train=part, test=part, classes=("a", "b"))
    known = ibt.registry()
    settings = {"data": data, "epochs": 1, "threads": 1, "precision": "fp32", "val_fraction": 0, "augment": "none"}
    return open_session(resolve_run(ibt.RunConfig(**settings | options), known), known)


def test_without_the_attributes_the_data_decide() -> None:
    assert own_normalisation(Tiny(), OF_DATA) is OF_DATA


@pytest.mark.parametrize("numbers", [tuple, list, torch.tensor])
def test_the_backbones_own_numbers_win(numbers: Any) -> None:
    net = Tiny(numbers((0.5, 0.25, 0.0)), numbers((1.0, 0.5, 2.0)))
    assert own_normalisation(net, OF_DATA) == ((0.5, 0.25, 0.0), (1.0, 0.5, 2.0))


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        ((0.5, 0.5, 0.5), None),
        (None, (0.5, 0.5, 0.5)),
        ((0.5,), (0.5,)),
        ((0.5, 0.5, 0.5), (0.5, 0.5, 0.0)),
        ((0.5, 0.5, float("nan")), (0.5, 0.5, 0.5)),
        ("abc", (0.5, 0.5, 0.5)),
        (0.5, 0.5),
    ],
)
def test_other_values_are_refused(mean: Any, std: Any) -> None:
    with pytest.raises(ComponentError, match=r"`input_mean` and `input_std` of the backbone Tiny to be 3 numbers each"):
        own_normalisation(Tiny(mean, std), OF_DATA)


def test_images_of_every_part_reach_the_network_so_normalised() -> None:
    session = opened(backbone=Tiny((0.5, 0.25, 0.0), (1.0, 0.5, 2.0)))
    loader = session.loader(*session.data.test())
    wanted = session.data.test().inputs.double() / 255
    wanted = (wanted - torch.tensor([0.5, 0.25, 0.0]).view(1, 3, 1, 1)) / torch.tensor([1.0, 0.5, 2.0]).view(1, 3, 1, 1)
    (views,) = loader.views(40, flip=False)
    torch.testing.assert_close(views[0].double(), wanted, rtol=1e-5, atol=1e-6)
    batch = loader.batch(torch.arange(4), [])
    torch.testing.assert_close(batch.images.double(), wanted[:4], rtol=1e-5, atol=1e-6)


def test_what_augmentation_covers_has_the_mean_colour_of_the_data() -> None:
    session = opened(backbone=Tiny((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), augment="cutout:size=40")
    loader = session.loader(session.data.inputs, session.data.targets)
    draws = [torch.full((4, 2), -16)]
    mean, _ = session.data.statistics()
    covered = loader.batch(torch.arange(4), draws).images
    expected = torch.tensor(mean).view(1, 3, 1, 1).expand_as(covered)
    torch.testing.assert_close(covered, expected, rtol=0, atol=0.5 / 255)


def test_the_classifier_is_what_timms_method_names() -> None:
    net = Headed()
    assert {id(each) for each in head_parameters(net)} == {id(net.linear.weight), id(net.linear.bias)}
    assert head_parameters(Tiny()) == []


def test_two_classifiers_are_one_head() -> None:
    import timm

    net: Any = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=3, img_size=32)
    assert len(head_parameters(net)) == 4


def test_a_run_gives_the_head_its_rate() -> None:
    session = opened(backbone="resnet20", optimizer="sgd:lr=0.01,head_lr=0.5", schedule="constant")
    network = session.network()
    (optimizer,) = session.engine(network).parts.optimizers
    rates = {id(each): group["lr"] for group in optimizer.param_groups for each in group["params"]}
    head = {id(each) for each in head_parameters(network.backbone)}
    assert rates == {id(each): 0.5 if id(each) in head else 0.01 for each in network.parameters()}


def test_a_rate_for_a_head_that_nobody_names_is_refused() -> None:
    session = opened(backbone=Tiny(), optimizer="sgd:head_lr=0.5")
    with pytest.raises(OptionError, match="`head_lr` is for a backbone whose classifier is known"):
        session.engine(session.network())


def test_a_state_that_the_final_weights_cannot_hold_is_refused_before_training() -> None:
    class Extra(Tiny):
        def get_extra_state(self) -> dict[str, int]:
            return {"seen": 1}

    with pytest.raises(ConfigError, match=r"to be tensors, .* but got dict for '_extra_state'; let `get_extra_state`"):
        opened(backbone=Extra())
