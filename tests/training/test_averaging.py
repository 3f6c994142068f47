"""The average against an exponential moving average written out by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from imbalearn_torch.training.averaging import average_weights


def walk(model: nn.Module, steps: int):
    """Move weights and buffers at random, as training does."""
    for number in range(steps):
        with torch.no_grad():
            for each in model.parameters():
                each.add_(torch.randn(each.shape, dtype=each.dtype))
        model(torch.randn(8, 3, 6, 6, dtype=torch.float64))
        yield number


@pytest.mark.parametrize("horizon", [1, 2, 5, 1000])
def test_it_is_a_moving_average_that_lengthens_to_its_horizon(small_net, horizon: int) -> None:
    torch.manual_seed(0)
    model = small_net().double()
    averaged = average_weights(model, horizon)
    by_hand: dict[str, Any] = {}
    for number in walk(model, 60):
        averaged.update_parameters(model)
        # Over 1 step at first, then 2, 2.1, 2.2, ... and never over more than the horizon.
        share = 1.0 if number == 0 else 1 / min(horizon, 1 + (number + 9) / 10)
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                by_hand[name] = by_hand.get(name, tensor) * (1 - share) + tensor * share
            else:
                by_hand[name] = tensor.clone()
    state = averaged.module.state_dict()
    assert state.keys() == by_hand.keys()
    for name, tensor in by_hand.items():
        assert torch.allclose(state[name].double(), tensor.double(), rtol=0, atol=1e-12), name


def test_counters_are_copied_and_running_statistics_averaged(small_net) -> None:
    torch.manual_seed(0)
    model = small_net().double()
    averaged = average_weights(model, 50)
    for _ in walk(model, 7):
        averaged.update_parameters(model)
    norm: Any = averaged.module.norm
    assert int(norm.num_batches_tracked) == 7
    assert not torch.equal(norm.running_mean, model.norm.running_mean)


def test_a_horizon_of_one_step_is_the_present_weights(small_net) -> None:
    torch.manual_seed(0)
    model = small_net()
    averaged = average_weights(model, 1)
    for _ in range(3):
        with torch.no_grad():
            for each in model.parameters():
                each.add_(torch.randn(each.shape))
        averaged.update_parameters(model)
    for name, tensor in model.state_dict().items():
        assert torch.equal(averaged.module.state_dict()[name], tensor), name


def test_the_initial_weights_are_forgotten(small_net) -> None:
    model = small_net()
    averaged = average_weights(model, 1000)
    with torch.no_grad():
        model.conv.weight.fill_(3.0)
    averaged.update_parameters(model)
    assert bool((averaged.module.get_parameter("conv.weight") == 3).all())


def test_the_model_itself_is_left_alone(small_net) -> None:
    torch.manual_seed(0)
    model = small_net()
    averaged = average_weights(model, 4)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for _ in range(3):
        averaged.update_parameters(model)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert averaged.module.get_parameter("conv.weight").data_ptr() != model.conv.weight.data_ptr()


def test_going_on_from_a_saved_average(small_net) -> None:
    torch.manual_seed(0)
    model = small_net().double()
    first, second = average_weights(model, 20), average_weights(small_net().double(), 20)
    for number in walk(model, 30):
        if number == 15:
            second.load_state_dict(first.state_dict())
        first.update_parameters(model)
        if number >= 15:
            second.update_parameters(model)
    assert all(torch.equal(tensor, second.state_dict()[name]) for name, tensor in first.state_dict().items())
