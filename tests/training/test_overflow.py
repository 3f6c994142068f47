"""The engine under fp16: an overflow skips the step and changes nothing but the loss scale."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from imbalearn_torch.errors import NonFiniteError
from imbalearn_torch.training.engine import Engine

FIRST, SECOND = torch.arange(40).view(10, 4).T.flatten().view(4, 10)[:2]


def weights_of(engine: Engine) -> list[Tensor]:
    return [each.detach().clone() for each in engine.parts.network.parameters()]


def overflowing(engine: Engine, name: str = "backbone.conv.weight") -> torch.utils.hooks.RemovableHandle:
    """Make one gradient infinite, as fp16 does when the loss scale is too large."""
    return engine.parts.network.get_parameter(name).register_hook(lambda gradient: gradient * math.inf)


@pytest.mark.parametrize("optimizer", ["sgd", "muon"])
def test_an_overflow_under_fp16_skips_the_whole_step(make_engine, optimizer: str) -> None:
    # Warnings are errors here: torch warns if a schedule steps before its optimiser ever has.
    engine = make_engine(precision="fp16", optimizer=optimizer, schedule="cosine:warmup=0", horizon=3)
    before, scale, rate = weights_of(engine), engine.scaler.get_scale(), engine.lr
    hook = overflowing(engine)
    loss, norm = engine.step(0, 0, [FIRST], None)
    assert math.isfinite(float(loss))
    assert not math.isfinite(norm)
    assert all(map(torch.equal, weights_of(engine), before))
    assert engine.skipped == 1
    assert engine.scaler.get_scale() == scale / 2
    assert int(engine.parts.averaged.n_averaged) == 0
    hook.remove()
    _, norm = engine.step(0, 1, [SECOND], None)
    assert engine.lr == rate
    assert math.isfinite(norm)
    assert engine.skipped == 1
    assert not any(map(torch.equal, weights_of(engine), before))


def test_fp16_gradients_are_unscaled(make_engine) -> None:
    # Nothing overflows in this small net, so that fp16 must agree with fp32 up to its own rounding.
    norms = [make_engine(precision=name).step(0, 0, [FIRST], None)[1] for name in ("fp16", "fp32")]
    assert norms[0] == pytest.approx(norms[1], rel=0.02)


def test_overflows_in_a_row_stop_the_run(make_engine) -> None:
    engine = make_engine(precision="fp16")
    hook = overflowing(engine)
    for step in range(19):
        engine.step(0, step, [FIRST], None)
    hook.remove()
    engine.step(0, 19, [FIRST], None)
    overflowing(engine)
    for step in range(19):
        engine.step(1, step, [FIRST], None)
    with pytest.raises(NonFiniteError, match="20 steps in a row overflowed in fp16, the last in epoch 2, step 20"):
        engine.step(1, 19, [FIRST], None)
    assert engine.skipped == 39
