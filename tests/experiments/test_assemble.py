"""What strangers' components return is looked at before it does harm."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import ComponentError, ConfigError, RunInterrupted
from imbalearn_torch.experiments.observer import Observer


class Tiny(nn.Module):
    """A backbone without timm's protocol."""

    def __init__(self, outputs: int = 10) -> None:
        super().__init__()
        self.linear = nn.Linear(64, outputs)

    def forward(self, images: Tensor) -> Tensor:
        return self.linear(images.flatten(1))


class Adjuster:
    def __init__(self, needs: frozenset[str] = frozenset(), chosen: Any = None, shift: Any = 0.0) -> None:
        self.needs, self._chosen, self._shift = needs, chosen, shift

    def fit(self, val: ibt.Outputs, *, train: ibt.Outputs | None, head: nn.Linear | None) -> Any:
        if not len(val.targets):
            raise ValueError("it is tuned on validation images, and there are none")
        return self._chosen

    def __call__(self, logits: Tensor, features: Tensor | None) -> Any:
        return logits + self._shift


def run(small: dict, out: Path, **more: Any) -> Any:
    return ibt.run(ibt.RunConfig(**small | {"epochs": 1, "backbone": Tiny()} | more), out=out)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"weights": lambda epoch: torch.ones(3)},
            r"class weights .* give a tensor \[10\], but got a tensor of shape \[3\]",
        ),
        ({"weights": lambda epoch: [1.0] * 10}, "but got list"),
        ({"weights": lambda epoch: -torch.ones(10)}, "to be finite and >= 0"),
        (
            {"backbone": Tiny(13)},
            r"give logits \[B, K\] = \[26, 10\], but got \[26, 13\]|\[.*, 10\], but got \[.*, 13\]",
        ),
        ({"adjust": Adjuster(frozenset({"features"}))}, "features are asked for by the loss or an adjuster"),
        ({"adjust": Adjuster(frozenset({"head"}))}, "backbone Tiny has no"),
        ({"adjust": Adjuster(frozenset({"magic"}))}, "magic"),
        ({"adjust": Adjuster(), "val_fraction": 0}, "tuned on validation images, and there are none"),
        ({"loss": Adjuster()}, "to make an nn.Module, but got Adjuster"),
        (
            {"mix": type("Hidden", (), {"hidden": True, "__call__": lambda *_: None})()},
            "the backbone Tiny has no `stages`",
        ),
    ],
)
def test_misfits_are_refused_and_leave_no_folder(small: dict, tmp_path: Path, more: dict, message: str) -> None:
    with pytest.raises((ConfigError, ComponentError), match=message):
        run(small, tmp_path / "run", **more)
    assert not (tmp_path / "run").exists()


def test_impossible_values_of_all_components_come_together(small: dict, tmp_path: Path) -> None:
    more = {
        "loss": "focal:gamma=-1",
        "mix": "mixup:alpha=-1",
        "weights": "effective:beta=2",
        "backbone": "timm:model=zzz",
    }
    with pytest.raises(ConfigError) as caught:
        run(small, tmp_path / "run", **more, sampler="balanced:start=3")
    text = str(caught.value)
    assert all(part in text for part in ("gamma", "alpha", "beta", "zzz", "start"))


def test_share_outside_0_to_1_is_refused(small: dict, tmp_path: Path) -> None:
    def mix(a: ibt.Batch, b: ibt.Batch, generator: torch.Generator) -> ibt.Mixed:
        return ibt.Mixed(a.images, a.targets, b.targets, torch.full((len(a.targets),), 1.5))

    with pytest.raises(ConfigError, match=r"lam in \[0, 1\]"):
        run(small, tmp_path / "run", mix=mix)


def test_what_an_adjuster_chose_is_recorded_as_json(small: dict, tmp_path: Path) -> None:
    chosen = {"scale": torch.tensor([1.0, 2.0]), "bad": float("nan"), "n": 3}
    result = run(small, tmp_path / "run", adjust=(Adjuster(chosen=chosen),)).result
    assert result["adjusted"] == [{"scale": [1.0, 2.0], "bad": None, "n": 3}]


def test_adjusted_logits_keep_their_shape(small: dict, tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="to give logits"):
        run(small, tmp_path / "run", adjust=(Adjuster(shift=torch.zeros(1, 1, 10)),))


def test_a_run_never_trains_the_callers_own_modules(small: dict, tmp_path: Path) -> None:
    backbone = Tiny()
    before = backbone.linear.weight.detach().clone()
    first = run(small, tmp_path / "a", backbone=backbone)
    second = run(small, tmp_path / "b", backbone=backbone)
    assert torch.equal(backbone.linear.weight, before)
    assert (first.folder / "model.safetensors").read_bytes() == (second.folder / "model.safetensors").read_bytes()


def test_a_run_with_own_objects_is_resumed_from_python(small: dict, tmp_path: Path) -> None:
    class Stop(Observer):
        def on_step(self, epoch: int, step: int, loss: float) -> None:
            if step == 3:
                signal.raise_signal(signal.SIGINT)

    config = ibt.RunConfig(**small | {"epochs": 1, "backbone": Tiny()})
    whole = ibt.run(config, out=tmp_path / "whole")
    with pytest.raises(RunInterrupted):
        ibt.run(config, out=tmp_path / "cut", observer=Stop())
    with pytest.raises(ConfigError, match="has objects made in Python"):
        ibt.resume(tmp_path / "cut")
    done = ibt.resume(tmp_path / "cut", config=config)
    assert (done.folder / "model.safetensors").read_bytes() == (whole.folder / "model.safetensors").read_bytes()
