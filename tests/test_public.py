"""The public names: there, lazy, and true to the contract."""

from __future__ import annotations

import importlib

import pytest
import torch

import imbalearn_torch as ibt

COUNTS = torch.tensor([90, 9, 1])


@pytest.mark.parametrize("name", ibt.__all__)
def test_every_public_name_can_be_reached(name: str) -> None:
    assert getattr(ibt, name) is not None
    assert name in dir(ibt)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        ibt.nonsense  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_build_of_the_contract() -> None:
    loss = ibt.build("loss", "focal:gamma=2", class_counts=COUNTS, num_classes=3)
    # Lin 2017: (1 - p)^2 (-log p) at p = 1/3.
    expected = (2 / 3) ** 2 * torch.log(torch.tensor(3.0))
    assert float(loss(torch.zeros(1, 3), torch.tensor([0]))) == pytest.approx(float(expected))
    targets = torch.arange(3).repeat_interleave(COUNTS)
    sampler = ibt.build("sampler", "balanced", targets=targets, num_classes=3, epochs=30)
    plan = sampler.plan(0, torch.Generator().manual_seed(0))
    assert plan.shape == (100,)
    # Each class with probability 1/3: the one image of class 2 is drawn far more often than once.
    assert int((targets[plan] == 2).sum()) > 15


def test_registry_of_the_contract() -> None:
    known = ibt.registry()
    assert known.find("loss", "FOCAL").full_name == "imbalearn-torch/focal"
    assert {"ce", "focal", "balanced-softmax", "logit-adjusted"} <= set(known.names("loss"))
    assert [option.name for option in known.options("loss", "focal")] == ["gamma"]
    assert known.plugins()[0].distribution == "imbalearn-torch"


@pytest.mark.parametrize("room", ["losses", "samplers", "mixing", "weights", "backbones"])
def test_rooms_of_plain_torch_objects(room: str) -> None:
    module = importlib.import_module(f"imbalearn_torch.{room}")
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__name__ == name
