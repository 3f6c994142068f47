"""Schedules against their formulas, step by step. Warnings are errors, torch's about the order of steps too."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import pytest
import torch

from imbalearn_torch.errors import OptionError
from imbalearn_torch.training.schedules import SCHEDULES, one_cycle

PEAK = 0.4
ALL = ["one-cycle", "cosine", "multistep", "constant"]


def optimizer(*rates: float) -> torch.optim.Optimizer:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(2))], "lr": rate} for rate in rates or (PEAK,)]
    return torch.optim.SGD(groups, momentum=0.9)


def rates(text: str, steps: int, owner: torch.optim.Optimizer | None = None, group: int = 0) -> list[float]:
    """The rate of every step, as training takes them."""
    owner = owner or optimizer()
    schedule = SCHEDULES.resolve(text).build(optimizer=owner, steps=steps)
    seen = []
    for _ in range(steps):
        seen.append(float(owner.param_groups[group]["lr"]))
        owner.step()
        schedule.step()
    return seen


def ramp(step: int, length: int) -> float:
    """A rise whose first step is one part of length + 1, so that no step is wasted on a rate of 0."""
    return min(1.0, (step + 1) / (length + 1))


def cosine_at(step: int, steps: int) -> float:
    return (1 + math.cos(math.pi * step / steps)) / 2


FORMULAS: list[tuple[str, int, Callable[[int], float]]] = [
    ("constant", 7, lambda s: 1.0),
    ("constant:warmup=0.5", 8, lambda s: ramp(s, 4)),
    ("cosine:warmup=0", 50, lambda s: cosine_at(s, 50)),
    ("cosine", 60, lambda s: ramp(s, 3) * cosine_at(s, 60)),
    ("cosine:warmup=0.5", 9, lambda s: ramp(s, 4) * cosine_at(s, 9)),
    ("multistep", 8, lambda s: [1, 0.1, 0.01][(s >= 4) + (s >= 6)]),
    ("multistep:milestones=[0.25],gamma=0.5,warmup=0.1", 20, lambda s: ramp(s, 2) * (0.5 if s >= 5 else 1)),
    ("multistep:milestones=[]", 5, lambda s: 1.0),
]


@pytest.mark.parametrize(("text", "steps", "formula"), FORMULAS)
def test_every_step_follows_the_formula(text: str, steps: int, formula: Callable[[int], float]) -> None:
    assert rates(text, steps) == pytest.approx([PEAK * formula(step) for step in range(steps)], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "warmup"), [("one-cycle", 0.2), ("one-cycle:warmup=0.5", 0.5), ("one-cycle:warmup=0.03", 0.03)]
)
@pytest.mark.parametrize("steps", [199, 10])
def test_one_cycle_rises_and_falls_in_straight_lines(text: str, warmup: float, steps: int) -> None:
    top = warmup * (steps + 1) - 1  # the step of the peak; it may lie between two, or before the first
    if top <= 0:
        expected = [PEAK * (steps - step) / (steps + 1) for step in range(steps)]
    else:
        up = [PEAK * (1 / 25 + (1 - 1 / 25) * step / top) for step in range(steps) if step <= top]
        expected = up + [PEAK * (steps - step) / (steps - top) for step in range(len(up), steps)]
    assert rates(text, steps) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("text", [*ALL, "one-cycle:warmup=0", "cosine:warmup=0.9", "multistep:milestones=[0,0.99]"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 9, 24])
def test_short_runs_have_usable_rates(text: str, steps: int) -> None:
    # A rise of exactly one step (four steps, a fifth of them) makes torch's OneCycleLR divide by 0.
    seen = rates(text, steps)
    assert all(0 < rate <= PEAK * (1 + 1e-9) for rate in seen)


@pytest.mark.parametrize("text", ["one-cycle", "cosine"])
def test_the_last_step_of_a_long_run_is_small_but_not_lost(text: str) -> None:
    seen = rates(text, 5000)
    assert 0 < seen[-1] < 0.001 * PEAK
    assert max(seen) == pytest.approx(PEAK, rel=0.01)


def test_the_length_of_a_warmup_is_a_fraction_of_the_run() -> None:
    for steps in (100, 1000):
        seen = rates("constant:warmup=0.2", steps)
        assert sum(rate < PEAK * (1 - 1e-9) for rate in seen) == steps / 5


@pytest.mark.parametrize("text", [*ALL, "constant:warmup=0.3"])
def test_each_group_of_parameters_keeps_its_proportion(text: str) -> None:
    first, second = (rates(text, 10, optimizer(0.4, 0.04), group=group) for group in (0, 1))
    assert first == pytest.approx([10 * rate for rate in second], rel=1e-9)


@pytest.mark.parametrize("text", ALL)
def test_momentum_is_left_alone(text: str) -> None:
    owner = optimizer()
    rates(text, 6, owner)
    assert owner.param_groups[0]["momentum"] == 0.9


@pytest.mark.parametrize("text", [*ALL, "cosine:warmup=0", "multistep:warmup=0.4", "constant:warmup=0.4"])
@pytest.mark.parametrize("stop", [1, 3, 7])
def test_a_saved_schedule_goes_on(text: str, stop: int) -> None:
    expected = rates(text, 10)
    owner = optimizer()
    schedule = SCHEDULES.resolve(text).build(optimizer=owner, steps=10)
    for _ in range(stop):
        owner.step()
        schedule.step()
    # As a checkpoint keeps them: `weights_only` reads numbers, strings and containers, and no code.
    file = io.BytesIO()
    torch.save([owner.state_dict(), schedule.state_dict()], file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    owner = optimizer()
    schedule = SCHEDULES.resolve(text).build(optimizer=owner, steps=10)
    owner.load_state_dict(saved[0])
    schedule.load_state_dict(saved[1])
    seen = []
    for _ in range(10 - stop):
        seen.append(float(owner.param_groups[0]["lr"]))
        owner.step()
        schedule.step()
    assert seen == expected[stop:]


@pytest.mark.parametrize(
    ("text", "option", "value"),
    [
        ("cosine:warmup=1", "warmup", 1.0),
        ("one-cycle:warmup=-0.1", "warmup", -0.1),
        ("constant:warmup=5", "warmup", 5.0),
        ("multistep:milestones=[30,60]", "milestones", 30.0),
    ],
)
def test_what_is_no_fraction_of_the_run_is_refused(text: str, option: str, value: float) -> None:
    with pytest.raises(OptionError) as caught:
        SCHEDULES.resolve(text).build(optimizer=optimizer(), steps=10)
    name = text.split(":", maxsplit=1)[0]
    expected = f"schedule {name!r}: Expected `{option}` to be a fraction of the run in [0, 1), but got {value}"
    assert str(caught.value) == expected


def test_a_factor_of_zero_is_refused() -> None:
    with pytest.raises(OptionError, match=r"schedule 'multistep': Expected `gamma` to be > 0, but got 0\.0"):
        SCHEDULES.resolve("multistep:gamma=0").build(optimizer=optimizer(), steps=10)


def test_an_integer_is_a_fraction_too() -> None:
    owner = optimizer()
    one_cycle(optimizer=owner, steps=3, warmup=0)
    assert owner.param_groups[0]["lr"] == pytest.approx(PEAK * 3 / 4)
