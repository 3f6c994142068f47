"""A component that raises in the middle of a run is named, whatever it is; the folder does not stay half-made."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import imbalearn_torch as ibt


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
        ("backbone", BadBackbone(), "the backbone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_component_is_named(tmp_path: Path, field: str, component: Any, role: str) -> None:
    config = ibt.RunConfig(data="digits", epochs=1, **{field: component})
    with pytest.raises(Fault) as caught:
        ibt.run(config, tmp_path / "run")
    assert caught.value.__notes__ == [f"This was raised in {role} {__name__}.{type(component).__name__}."]
    assert not (tmp_path / "run").exists()
