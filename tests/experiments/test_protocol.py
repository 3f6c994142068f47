from __future__ import annotations

from typing import Any

import pytest

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.grid import Draft, Replicate, expand
from imbalearn_torch.experiments.methods import Method, check_methods
from imbalearn_torch.experiments.protocol import check_steps, measure_steps, protocol_warnings
from imbalearn_torch.plugin.registry import registry

THREE = (Replicate(0), Replicate(1), Replicate(2))


def methods(*drafts: Draft) -> tuple[Method, ...]:
    return check_methods(drafts, THREE, registry())


def test_steps_are_epochs_times_full_batches() -> None:
    # 10 classes of 20 or 6 images, a tenth held out: at least 117 for training, so 8 batches of 14.
    common: dict[str, Any] = {"imbalance": "step:ratio=3,n_max=20", "backbone": "small-cnn", "batch_size": 14}
    several = methods(Draft("a", {**common, "epochs": 2}), Draft("b", {**common, "epochs": 3}))
    steps = measure_steps(several, registry(), {})
    assert list(steps.values()) == [16, 24]
    with pytest.raises(ConfigError, match=r"16 steps: a; 24 steps: b\); give --epochs and --batch-size for all"):
        check_steps(several, steps, allow_unequal=False)
    assert check_steps(several, steps, allow_unequal=True) == ["unequal optimiser steps: 16 steps: a; 24 steps: b"]
    assert check_steps(several[:1], steps, allow_unequal=False) == []


def test_recorded_steps_are_taken_as_they_are() -> None:
    several = methods(Draft("a", {"data": "cifar10"}))  # which is not on this disk
    assert measure_steps(several, registry(), {several[0].digest: 5}) == {several[0].digest: 5}


def test_what_does_not_fit_is_found_in_every_method_before_training() -> None:
    several = methods(Draft("a", {"batch_size": 9000}), Draft("b", {}), Draft("c", {"batch_size": 8000}))
    with pytest.raises(ConfigError) as raised:
        measure_steps(several, registry(), {several[1].digest: 5})
    assert [problem.split(" expects")[0] for problem in raised.value.problems] == [
        "a: option 'batch_size'",
        "c: option 'batch_size'",
    ]


@pytest.mark.parametrize(
    ("number", "start"), [(1, "only one seed, so no interval"), (2, "only 2 seeds, so wide"), (3, None)]
)
def test_too_few_seeds(number: int, start: str | None) -> None:
    found = protocol_warnings(methods(Draft("a", {}), Draft("b", {"loss": "focal"})), THREE[:number])
    assert [warning.startswith(str(start)) for warning in found] == ([True] if start else [])


def test_one_method_is_compared_with_nothing() -> None:
    [found] = protocol_warnings(methods(Draft("a", {})), THREE)
    assert found.startswith("only one method, so there is nothing to compare it with: repeat an option")


def test_what_differs_and_is_no_method_is_said() -> None:
    one = Draft("one", {"weight_decay": 2e-4, "loss": "ce"})
    two = Draft("two", {"weight_decay": 5e-4, "loss": "focal", "patience": 3})
    assert protocol_warnings(methods(one, two), THREE) == [
        "the methods differ in weight decay as well: 0.0002, 0.0005",
        "--patience may stop the methods after different numbers of steps",
    ]


def test_an_optimiser_is_one_difference() -> None:
    found = protocol_warnings(methods(Draft("one", {"optimizer": "sgd"}), Draft("two", {"optimizer": "adam"})), THREE)
    assert len(found) == 1
    assert found[0].startswith("the methods differ in optimizer as well: sgd")


def test_recipes_with_other_rates_of_one_optimiser() -> None:
    one = Draft("one", {"optimizer": "sgd", "weight_decay": 1e-4, "label_smoothing": 0.1})
    two = Draft("two", {"optimizer": "sgd:momentum=0.8", "weight_decay": 5e-4, "freeze_early": 0.5})
    optimizer, decay, smoothing, freeze = protocol_warnings(methods(one, two), THREE)
    assert "weight_decay=0.0001" in optimizer and "weight_decay=0.0005" in optimizer
    assert decay == "the methods differ in weight decay as well: 0.0001, 0.0005"
    assert smoothing == "the methods differ in label smoothing as well: 0.1, the default"
    assert freeze == "the methods differ in freeze early as well: the default, 0.5"


def test_what_the_names_tell_is_no_warning() -> None:
    assert protocol_warnings(methods(*expand({"lr": [0.1, 0.2], "loss": ["ce", "focal"]})), THREE) == []
