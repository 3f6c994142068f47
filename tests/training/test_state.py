"""What a checkpoint holds, packed and put back."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.training.state import Progress, RunState, pack_state, unpack_state


def flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {key: leaf for name, each in value.items() for key, leaf in flat(each, f"{path}/{name}").items()}
    if isinstance(value, (list, tuple)):
        return {key: leaf for name, each in enumerate(value) for key, leaf in flat(each, f"{path}/{name}").items()}
    return {path: value}


def same(one: Any, two: Any) -> bool:
    left, right = flat(one), flat(two)
    return left.keys() == right.keys() and all(
        torch.equal(value, right[path]) if isinstance(value, Tensor) else value == right[path]
        for path, value in left.items()
    )


def trained(make_engine, counting_loss, steps: int):
    engine = make_engine(optimizer="muon", schedule="cosine", horizon=4, loss=counting_loss(), precision="fp16")
    for step in range(steps):
        engine.step(0, step, [torch.arange(10 * step, 10 * step + 10)], None)
    return engine


def test_a_fresh_engine_becomes_the_packed_one(make_engine, counting_loss) -> None:
    engine = trained(make_engine, counting_loss, 3)
    engine.skipped = 7
    progress = Progress(epoch=2, step=3, best=0.25, history=[{"epoch": 0, "lr": 0.1}])
    best = {name: tensor + 1 for name, tensor in engine.parts.network.state_dict().items()}
    seen = torch.tensor([True, False, True])
    remembered = RunState(torch.tensor([1, 2, 3, 4]), best, progress, seen, [2])
    packed = pack_state(engine, remembered, {"name": "x"})
    other, begun = trained(make_engine, counting_loss, 1), RunState(torch.zeros(4, dtype=torch.int64), seen=~seen)
    assert not same(pack_state(other, RunState(torch.zeros(4)), {})[0], packed[0])
    state = unpack_state(other, *packed, begun)
    assert same(pack_state(other, state, {"name": "x"}), packed)
    assert (state.progress.epoch, state.progress.best, other.skipped) == (2, 0.25, 7)
    assert same(state.best, best)
    assert torch.equal(state.seen, seen)
    assert state.processes == [2]


def test_parts_are_told_apart_by_their_prefix(make_engine, counting_loss) -> None:
    weights, rest = pack_state(trained(make_engine, counting_loss, 1), RunState(torch.zeros(4)), {})
    assert {name.split(".")[0] for name in weights} == {"network", "loss", "averaged"}
    assert set(rest) == {
        *("identity", "extra", "progress", "drawn", "seen", "processes"),
        *("optimizers", "schedulers", "scaler"),
    }
    assert len(rest["optimizers"]) == len(rest["schedulers"]) == 2


def test_extra_state_of_a_module_survives(make_engine) -> None:
    class Extra(torch.nn.CrossEntropyLoss):
        def __init__(self) -> None:
            super().__init__(reduction="none")
            self.seen = 0

        def get_extra_state(self) -> dict[str, int]:
            return {"seen": self.seen}

        def set_extra_state(self, state: dict[str, int]) -> None:
            self.seen = state["seen"]

    loss, other = Extra(), Extra()
    loss.seen = 5
    begun = RunState(torch.zeros(4))
    unpack_state(make_engine(loss=other), *pack_state(make_engine(loss=loss), begun, {}), begun)
    assert other.seen == 5


def test_a_checkpoint_that_does_not_fit_is_a_sentence(make_engine, counting_loss) -> None:
    weights, rest = pack_state(make_engine(loss=counting_loss()), RunState(torch.zeros(4)), {})
    wrong = {name: tensor for name, tensor in weights.items() if not name.endswith("weight")}
    with pytest.raises(CheckpointError, match="the network of the checkpoint does not fit this run"):
        unpack_state(make_engine(loss=counting_loss()), wrong, rest, RunState(torch.zeros(4)))


def test_the_next_epoch_starts_from_nothing() -> None:
    progress = Progress(
        epoch=3, step=9, total_steps=39, loss_sum=1.0, gradient_sum=2.0, epoch_seconds=3.0, train_seconds=9.0, lr=0.5
    )
    progress.next_epoch()
    assert (progress.epoch, progress.step, progress.loss_sum, progress.gradient_sum, progress.epoch_seconds) == (
        4,
        0,
        0,
        0,
        0,
    )
    assert (progress.total_steps, progress.train_seconds, progress.lr) == (39, 9.0, 0.5)
