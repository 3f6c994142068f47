"""Checkpoints with right digests whose training state is wrong: a run goes on, or says so in an error of ours."""

from __future__ import annotations

import copy
import functools
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from fuzzing import ANYTHING, changed, fuzz, ours
from hypothesis import strategies as st
from tiny_runs import TINY, TINY_PLUGIN
from torch import Tensor

from imbalearn_torch.errors import CheckpointError, RunInterrupted
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.observer import Observer
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import train
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.training.checkpoint import latest_checkpoint, save_checkpoint

RUNS = {
    "adamw": {"optimizer": "adamw:lr=0.01", "schedule": "cosine", "loss": "seesaw", "ema": 0.5, "select": "best"},
    "sgd, fp16": {"schedule": "multistep:warmup=0.2", "precision": "fp16", "mix": "mixup"},
    "one-cycle": {"schedule": "one-cycle", "sampler": "progressive"},
}
TENSORS = st.sampled_from([torch.tensor(3.0), torch.ones(2), torch.zeros(0), torch.tensor([True]), torch.arange(10)])
State = tuple[dict[str, Tensor], dict[str, Any]]


class Opened:
    """A session that goes on from any state, for two steps.

    Args:
        session: Of the run.
        place: A folder of its own.
    """

    def __init__(self, session: Session, place: Path) -> None:
        self.session, self.place = session, place

    @functools.cached_property
    def sound(self) -> State:
        """A state of its second epoch."""
        return self.goes_on(None, steps=11)

    def goes_on(self, found: State | None, steps: int = 2) -> State:
        """Train from a state, or from the start; the state after so many steps.

        Raises:
            ImbalearnError: What was wrong with it.
        """
        shutil.rmtree(self.place, ignore_errors=True)
        folder, asked = RunFolder(self.place), itertools.count()
        self.place.mkdir()
        if found is not None:
            save_checkpoint(folder.checkpoints, 1, *found)
        with pytest.raises(RunInterrupted):
            train(
                *(self.session, folder, Observer()),
                plugins=(),
                stop=lambda: 15 if next(asked) >= steps else None,
                started=0.0,
            )
        left = latest_checkpoint(folder.checkpoints)
        assert left is not None
        return left[0], left[1]


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    """By the name of a run."""
    made: dict[str, Opened] = {}

    def get(name: str) -> Opened:
        if name not in made:
            known = registry([TINY_PLUGIN])
            session = open_session(resolve_run(RunConfig(**{**TINY, **RUNS[name]}), known), known)
            made[name] = Opened(session, tmp_path_factory.mktemp("states") / "run")
        return made[name]

    return get


@fuzz(30, 400, data=st.data())
@pytest.mark.parametrize("name", RUNS)
def test_states_with_other_values(*, opened: Callable[[str], Opened], name: str, data: st.DataObject) -> None:
    weights, state = opened(name).sound
    part = data.draw(st.sampled_from(sorted(state)))
    is_tensor = data.draw(st.integers(0, 5)) == 0
    value = data.draw(TENSORS) if is_tensor else changed(copy.deepcopy(state[part]), data.draw)
    with ours():
        opened(name).goes_on((weights, {**copy.deepcopy(state), part: value}))


@fuzz(15, 200, data=st.data())
@pytest.mark.parametrize("name", RUNS)
def test_weights_with_other_tensors(*, opened: Callable[[str], Opened], name: str, data: st.DataObject) -> None:
    weights, state = opened(name).sound
    place = data.draw(st.sampled_from(sorted(weights)))
    new = {**weights, place: data.draw(TENSORS | st.just(-19 * torch.ones_like(weights[place])))}
    if data.draw(st.booleans()):
        del new[data.draw(st.sampled_from(sorted(new)))]
    with ours():
        opened(name).goes_on((new, copy.deepcopy(state)))


@fuzz(15, 200, part=st.sampled_from(["progress", "optimizers", "schedulers", "identity", "drawn"]), value=ANYTHING)
def test_parts_that_are_something_else(*, opened: Callable[[str], Opened], part: str, value: Any) -> None:
    weights, state = opened("adamw").sound
    with pytest.raises(CheckpointError):
        opened("adamw").goes_on((weights, {**copy.deepcopy(state), part: value}))


@pytest.mark.parametrize("part", ["progress", "drawn", "optimizers", "schedulers", "scaler", "extra", "identity"])
def test_parts_that_are_missing(opened: Callable[[str], Opened], part: str) -> None:
    weights, state = opened("adamw").sound
    with pytest.raises(CheckpointError):
        opened("adamw").goes_on((weights, {name: value for name, value in state.items() if name != part}))


@pytest.mark.parametrize("name", RUNS)
def test_the_states_that_are_changed_are_sound(opened: Callable[[str], Opened], name: str) -> None:
    weights, state = opened(name).sound
    assert state["progress"]["epoch"] == 1
    assert opened(name).goes_on((weights, state))[1]["progress"]["total_steps"] == state["progress"]["total_steps"] + 2


@pytest.mark.parametrize("name", ["epoch", "step", "total_steps"])
def test_a_state_that_does_not_say_how_far_it_is(opened: Callable[[str], Opened], name: str) -> None:
    weights, state = copy.deepcopy(opened("adamw").sound)
    del state["progress"][name]
    with pytest.raises(CheckpointError, match=f"progress lacks {name}"):
        opened("adamw").goes_on((weights, state))
