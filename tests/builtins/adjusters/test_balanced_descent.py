import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from imbalearn_builtins.adjusters.balanced_descent import BalancedDescent
from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_torch import errors

COUNTS = torch.tensor([90, 9, 1])
TARGETS = torch.repeat_interleave(torch.arange(3), COUNTS)


def descent(**options: float) -> BalancedDescent:
    settings = {"epochs": 1, "steps": None, "batch_size": 32, "lr": 1.0, "weight_decay": 0.0}
    return BalancedDescent(**{**settings, **options})  # pyright: ignore[reportArgumentType]


def bias_only(**options: float) -> tuple[Tensor, dict[str, float]]:
    """Learn a bias: its best value is the log of the distribution that was drawn."""
    torch.manual_seed(0)
    bias = torch.tensor([2.0, 0.0, -2.0])
    report = descent(**options).run(lambda rows: rows + bias, [bias], torch.zeros(100, 3), TARGETS, 3)
    return bias, report


def test_every_class_is_drawn_equally_often() -> None:
    bias, report = bias_only(steps=1500)
    assert bias.softmax(0).tolist() == pytest.approx([1 / 3] * 3, abs=0.02)
    assert report["steps"] == 1500
    assert report["loss"] == pytest.approx(math.log(3), abs=1e-3)


def test_the_loss_is_the_mean_over_classes() -> None:
    bias, report = bias_only(steps=1)
    each = cross_entropy(bias.expand(3, 3), torch.arange(3))
    assert report["loss"] == pytest.approx(float(each), abs=1e-6)


def test_one_step_by_hand() -> None:
    torch.manual_seed(0)
    start = torch.tensor([2.0, 0.0, -2.0])
    bias = start.clone()
    descent(steps=1, batch_size=6, lr=0.5, weight_decay=0.1).run(
        lambda rows: rows + bias, [bias], torch.zeros(100, 3), TARGETS, 3
    )
    torch.manual_seed(0)
    drawn = TARGETS[BalancedSampler(targets=TARGETS, num_classes=3, epoch_size=6).plan(0, torch.default_generator)]
    gradient = start.softmax(0) - torch.bincount(drawn, minlength=3) / 6 + 0.1 * start
    torch.testing.assert_close(bias, start - 0.5 * (1 + 0.9) * gradient)  # Nesterov: g + 0.9 v, and v = g


def test_torch_descends_alike() -> None:
    ours, _ = bias_only(steps=30, lr=0.3, weight_decay=0.01)
    torch.manual_seed(0)
    plan = BalancedSampler(targets=TARGETS, num_classes=3, epoch_size=30 * 32).plan(0, torch.default_generator)
    theirs = torch.tensor([2.0, 0.0, -2.0], requires_grad=True)
    optimizer = torch.optim.SGD([theirs], lr=0.3, momentum=0.9, nesterov=True, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
    for batch in plan.view(30, 32):
        optimizer.zero_grad()
        cross_entropy(theirs.expand(32, 3), TARGETS[batch]).backward()
        optimizer.step()
        schedule.step()
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "steps"),
    [({"epochs": 1}, 1000), ({"epochs": 100, "batch_size": 5}, 2000), ({"epochs": 100, "steps": 7}, 7)],
)
def test_how_many_steps(options: dict[str, float], steps: int) -> None:
    assert bias_only(**options)[1]["steps"] == steps


def test_equal_seeds_give_equal_bits() -> None:
    assert torch.equal(bias_only(steps=50)[0], bias_only(steps=50)[0])


def test_it_works_without_gradients_being_recorded() -> None:
    with torch.no_grad():
        bias, _ = bias_only(steps=50)
    assert torch.equal(bias, bias_only(steps=50)[0])
    assert not bias.requires_grad


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "Expected `epochs` to be >= 1, but got 0"),
        ({"steps": 0}, "Expected `steps` to be >= 1, but got 0"),
        ({"batch_size": -1}, "Expected `batch_size` to be >= 1, but got -1"),
        ({"lr": 0.0}, "Expected `lr` to be > 0 and finite, but got 0.0"),
        ({"weight_decay": -0.1}, "Expected `weight_decay` to be >= 0 and finite, but got -0.1"),
    ],
)
def test_values_outside_their_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        descent(**options)
