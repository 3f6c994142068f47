"""The early layers stand still from an epoch on, and only they."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

import imbalearn_torch as ibt
from imbalearn_torch.errors import ComponentError, ConfigError
from imbalearn_torch.training.late_freeze import LateFreeze


def backbone() -> nn.Module:
    return ibt.build("backbone", "resnet20", num_classes=3, in_channels=1, image_size=8)


@pytest.mark.parametrize(("epoch", "trained"), [(0, True), (7, True), (8, False), (9, False)])
def test_everything_before_the_second_stage(epoch: int, trained: bool) -> None:
    net = backbone()
    for each in net.parameters():
        each.grad = torch.ones_like(each)
    LateFreeze(net, 0.8, 10).set_epoch(epoch)
    early = {name for name, _ in net.named_parameters() if name.startswith(("conv1", "bn1", "layer1"))}
    assert len(early) == 3 + 6 * 3
    for name, each in net.named_parameters():
        assert each.requires_grad is (trained or name not in early)
        assert (each.grad is None) is (not trained and name in early)


def test_what_was_frozen_before_stays_so() -> None:
    net = backbone()
    net.conv1.weight.requires_grad_(False)
    LateFreeze(net, 0.5, 2).set_epoch(0)
    assert not net.conv1.weight.requires_grad
    assert net.bn1.weight.requires_grad


@pytest.mark.parametrize("net", [nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2))])
def test_a_backbone_without_stages_is_refused(net: nn.Module) -> None:
    with pytest.raises(ComponentError, match="freeze_early is for a backbone that says where its stages are"):
        LateFreeze(net, 0.5, 2)


def weights(tmp_path: Path, epochs: int, **options: object) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    config = ibt.RunConfig(epochs=epochs, ema=0, threads=1, schedule="constant", **options)
    return load_file(ibt.run(config, out=tmp_path / f"{epochs}").folder / "model.safetensors")


def test_a_run_keeps_the_early_weights_of_the_epoch_before(tmp_path: Path) -> None:
    before = weights(tmp_path, 1)
    after = weights(tmp_path, 2, freeze_early=0.5)
    names = [name for name in before if name.endswith("weight")]
    moved = {name for name in names if not torch.equal(before[name], after[name])}
    assert moved == {name for name in names if not name.startswith(("conv1", "bn1", "layer1"))}


def test_a_run_refuses_it_before_the_first_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="freeze_early is for a backbone"):
        ibt.run(ibt.RunConfig(backbone=nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), freeze_early=0.5), out=tmp_path)
