"""A component that raises in the middle of a run is named, whatever it is; the folder does not stay half-made."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.assemble import assemble
from imbalearn_torch.experiments.open_data import open_data
from imbalearn_torch.experiments.resolve import resolve_run


class Fault(Exception):
    pass


class BadSampler:
    def plan(self, epoch: int, generator: torch.Generator) -> torch.Tensor:
        raise Fault


class BadMix:
    def __call__(self, a: Any, b: Any, generator: torch.Generator) -> Any:
        raise Fault


class BadLoss(nn.Module):
    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        raise Fault


class BadWeights:
    def __call__(self, epoch: int) -> torch.Tensor:
        raise Fault


class BadBackbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        raise Fault


@pytest.mark.parametrize(
    ("field", "component", "role"),
    [
        ("sampler", BadSampler(), "the sampler"),
        ("mix", BadMix(), "the mix"),
        ("loss", BadLoss(), "the loss"),
        ("weights", BadWeights(), "the class weights"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_component_is_named(tmp_path: Path, field: str, component: Any, role: str) -> None:
    config = ibt.RunConfig(data="digits", epochs=1, **{field: component})
    with pytest.raises(Fault) as caught:
        ibt.run(config, tmp_path / "run")
    assert caught.value.__notes__ == [f"This was raised in {role} {type(component).__name__}."]
    assert not (tmp_path / "run").exists()


def test_a_backbone_that_does_not_work_with_the_data_is_refused_before_the_first_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the backbone BadBackbone does not work with inputs \[1, 8, 8\]: Fault"):
        ibt.run(ibt.RunConfig(data="digits", epochs=1, backbone=BadBackbone()), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_factory_that_returns_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "forgetful.py"
    file.write_text(
        "from imbalearn_torch import Component, hookimpl\n\ndef forgot():\n    pass\n\n"
        + "".join(
            f"@hookimpl\ndef imbalearn_{hook}():\n    yield Component(name='nothing', factory=forgot)\n\n"
            for hook in ("mixes", "weights", "samplers")
        )
    )
    known = ibt.registry((file,))
    for field in ("mix", "weights", "sampler"):
        config = ibt.RunConfig(data="digits", epochs=1, **{field: "local/nothing"})
        with pytest.raises(ConfigError, match=r"'local/nothing': its factory returned None"):
            assemble(resolve_run(config, known), open_data(resolve_run(config, known), tmp_path), known)


def test_lazy_layers_get_their_shape_before_training(tmp_path: Path) -> None:
    backbone = nn.Sequential(nn.Flatten(), nn.LazyLinear(10))
    result = ibt.run(ibt.RunConfig(data="digits", epochs=1, backbone=backbone), tmp_path / "run")
    assert result.metrics["test"]["accuracy"] > 0.1
