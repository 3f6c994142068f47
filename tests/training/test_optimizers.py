"""Optimisers by option string: who trains what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from imbalearn_torch.errors import OptionError
from imbalearn_torch.training.muon import KernelMuon
from imbalearn_torch.training.optimizers import OPTIMIZERS, adam, adamw, muon, sgd
from imbalearn_torch.training.schedules import SCHEDULES

ALL = ["sgd", "adam", "adamw", "muon"]


def parameters(net: nn.Module) -> list[nn.Parameter]:
    return list(net.parameters())


def ids(tensors: Any) -> set[int]:
    return {id(each) for each in tensors}


def trained_by(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [each for group in optimizer.param_groups for each in group["params"]]


def test_sgd_is_torchs_with_every_option(small_net) -> None:
    (made,) = OPTIMIZERS.resolve("sgd:lr=0.2,momentum=0.8,weight_decay=0.01,nesterov=false").build(
        parameters=parameters(small_net())
    )
    assert type(made) is torch.optim.SGD
    group = made.param_groups[0]
    assert [group[name] for name in ("lr", "momentum", "weight_decay", "nesterov")] == [0.2, 0.8, 0.01, False]


def test_sgd_without_momentum_needs_no_nesterov(small_net) -> None:
    (made,) = OPTIMIZERS.resolve("sgd:momentum=0").build(parameters=parameters(small_net()))
    assert made.param_groups[0]["nesterov"] is False


def test_adam_is_torchs_with_every_option(small_net) -> None:
    # Study E of the evaluation page: a rate of 1e-3 and a decay of 1e-6.
    (made,) = OPTIMIZERS.resolve("adam:weight_decay=1e-6,beta1=0.8,beta2=0.9").build(parameters=parameters(small_net()))
    assert type(made) is torch.optim.Adam
    (group,) = made.param_groups
    assert [group[name] for name in ("lr", "weight_decay", "betas")] == [1e-3, 1e-6, (0.8, 0.9)]
    assert not group["decoupled_weight_decay"]


def test_adamw_decays_matrices_and_convolutions_alone(small_net) -> None:
    net = small_net()
    (made,) = OPTIMIZERS.resolve("adamw:weight_decay=0.3,beta1=0.8,beta2=0.9").build(parameters=parameters(net))
    assert type(made) is torch.optim.AdamW
    decayed = {id(each): group["weight_decay"] for group in made.param_groups for each in group["params"]}
    assert decayed == {id(each): 0.3 if each.dim() > 1 else 0.0 for each in net.parameters()}
    assert all(group["betas"] == (0.8, 0.9) for group in made.param_groups)


def test_adamw_of_vectors_alone_has_one_group() -> None:
    (made,) = adamw(parameters=[nn.Parameter(torch.zeros(3))])
    assert [group["weight_decay"] for group in made.param_groups] == [0.0]


def test_muon_trains_convolutions_and_sgd_the_rest(small_net) -> None:
    net = small_net()
    kernels, rest = OPTIMIZERS.resolve("muon:lr=0.02,rest_lr=0.2,momentum=0.7").build(parameters=parameters(net))
    assert (type(kernels), type(rest)) == (KernelMuon, torch.optim.SGD)
    assert ids(trained_by(kernels)) == {id(net.conv.weight)}
    assert ids(trained_by(rest)) == ids(net.parameters()) - {id(net.conv.weight)}
    assert (kernels.param_groups[0]["lr"], rest.param_groups[0]["lr"]) == (0.02, 0.2)
    assert kernels.param_groups[0]["momentum"] == rest.param_groups[0]["momentum"] == 0.7
    assert rest.param_groups[0]["nesterov"]


def test_muon_without_convolutions_or_without_the_rest() -> None:
    (alone,) = muon(parameters=[nn.Parameter(torch.zeros(3, 4))])
    assert type(alone) is torch.optim.SGD
    (alone,) = muon(parameters=[nn.Parameter(torch.zeros(5, 4, 3, 3))])
    assert type(alone) is KernelMuon


def rates(optimizers: list[torch.optim.Optimizer]) -> dict[int, float]:
    """Learning rate by parameter."""
    groups = [group for each in optimizers for group in each.param_groups]
    return {id(each): group["lr"] for group in groups for each in group["params"]}


@pytest.mark.parametrize("name", ALL)
def test_the_head_has_a_rate_of_its_own(small_net, name: str) -> None:
    net = small_net()
    head = list(net.get_classifier().parameters())
    with_rate = OPTIMIZERS.resolve(f"{name}:lr=0.01,head_lr=0.5").build(parameters=parameters(net), head=head)
    without = OPTIMIZERS.resolve(f"{name}:lr=0.01").build(parameters=parameters(net), head=head)
    found, plain = rates(with_rate), rates(without)
    assert found.keys() == plain.keys() == ids(net.parameters())
    assert found == {key: 0.5 if key in ids(head) else rate for key, rate in plain.items()}
    # The first group is the one whose rate a run reports.
    assert with_rate[0].param_groups[0]["lr"] == 0.01


def test_a_rate_of_its_own_keeps_the_decay_of_matrices_alone(small_net) -> None:
    net = small_net()
    (made,) = adamw(
        parameters=parameters(net), head=list(net.get_classifier().parameters()), weight_decay=0.3, head_lr=0.5
    )
    decayed = {id(each): group["weight_decay"] for group in made.param_groups for each in group["params"]}
    assert decayed == {id(each): 0.3 if each.dim() > 1 else 0.0 for each in net.parameters()}


def test_a_head_alone_is_one_group(small_net) -> None:
    head = list(small_net().get_classifier().parameters())
    (made,) = sgd(parameters=head, head=head, lr=0.01, head_lr=0.5)
    assert [group["lr"] for group in made.param_groups] == [0.5]


def test_a_classifier_of_convolutions_is_not_muons() -> None:
    body, head = nn.Parameter(torch.zeros(4, 3, 3, 3)), nn.Parameter(torch.zeros(5, 4, 1, 1))
    kernels, rest = muon(parameters=[body, head], head=[head], head_lr=0.5)
    assert (ids(trained_by(kernels)), ids(trained_by(rest))) == ({id(body)}, {id(head)})
    (together,) = muon(parameters=[body, head], head=[head])
    assert ids(trained_by(together)) == {id(body), id(head)}


@pytest.mark.parametrize("schedule", ["one-cycle", "cosine", "multistep:milestones=[0.5]", "constant:warmup=0.2"])
def test_schedules_scale_both_rates_alike(small_net, schedule: str) -> None:
    net = small_net()
    (made,) = sgd(parameters=parameters(net), head=list(net.get_classifier().parameters()), lr=0.1, head_lr=0.5)
    scheduler = SCHEDULES.resolve(schedule).build(optimizer=made, steps=20)
    seen = []
    for _ in range(19):
        body, head = (group["lr"] for group in made.param_groups)
        seen.append(body)
        assert head == pytest.approx(5 * body, rel=1e-6)
        made.step()
        scheduler.step()
    assert len(set(seen)) > 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("frozen", [False, True])
def test_a_rate_for_no_classifier_is_a_sentence(small_net, name: str, frozen: bool) -> None:
    net = small_net()
    head = list(net.get_classifier().parameters()) if frozen else []
    trained = [each for each in net.parameters() if not frozen or id(each) not in ids(head)]
    with pytest.raises(OptionError, match=rf"optimizer '{name}': `head_lr` is for a backbone whose classifier"):
        OPTIMIZERS.resolve(f"{name}:head_lr=0.5").build(parameters=trained, head=head)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("frozen", [[], [nn.Parameter(torch.zeros(2, 2, 3, 3), requires_grad=False)]])
def test_nothing_to_train_is_a_sentence(name: str, frozen: list[nn.Parameter]) -> None:
    with pytest.raises(OptionError) as caught:
        OPTIMIZERS.resolve(name).build(parameters=frozen)
    assert str(caught.value) == f"optimizer '{name}': Expected at least one parameter to train, but all are frozen"


@pytest.mark.parametrize("make", [sgd, adam, adamw, muon])
def test_the_plain_functions_refuse_it_too(make) -> None:
    with pytest.raises(OptionError, match="all are frozen"):
        make(parameters=[])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sgd:momentum=2", r"optimizer 'sgd': Expected `momentum` to be in \[0, 1\), but got 2\.0"),
        ("sgd:momentum=-0.1", r"optimizer 'sgd': Expected `momentum` to be in \[0, 1\), but got -0\.1"),
        ("muon:momentum=1", r"optimizer 'muon': Expected `momentum` to be in \[0, 1\), but got 1\.0"),
        ("sgd:lr=-1", "optimizer 'sgd': Expected `lr` to be >= 0, but got -1.0"),
        ("adamw:lr=-1", "optimizer 'adamw': Expected `lr` to be >= 0, but got -1.0"),
        ("muon:lr=-1", "optimizer 'muon': Expected `lr` to be >= 0, but got -1.0"),
        ("muon:rest_lr=-1", "optimizer 'muon': Expected `rest_lr` to be >= 0, but got -1.0"),
        ("sgd:weight_decay=-1", "optimizer 'sgd': Expected `weight_decay` to be >= 0, but got -1.0"),
        ("adamw:weight_decay=-1", "optimizer 'adamw': Expected `weight_decay` to be >= 0, but got -1.0"),
        ("muon:weight_decay=-1", "optimizer 'muon': Expected `weight_decay` to be >= 0, but got -1.0"),
        ("adam:lr=-1", "optimizer 'adam': Expected `lr` to be >= 0, but got -1.0"),
        ("adam:weight_decay=-1", "optimizer 'adam': Expected `weight_decay` to be >= 0, but got -1.0"),
        ("adam:beta1=1", r"optimizer 'adam': .*beta.*1\.0"),
        *((f"{name}:head_lr=-1", f"optimizer '{name}': Expected `head_lr` to be >= 0, but got -1.0") for name in ALL),
        ("adamw:beta1=1", r"optimizer 'adamw': .*beta.*1\.0"),
        ("adamw:beta2=-0.5", r"optimizer 'adamw': .*beta.*-0\.5"),
    ],
)
def test_bad_values_are_named_with_their_optimizer(small_net, text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        OPTIMIZERS.resolve(text).build(parameters=parameters(small_net()))


@pytest.mark.parametrize("name", ALL)
def test_every_optimizer_learns_a_line(name: str) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(2, 4, 1), nn.Flatten(), nn.Linear(4, 1))
    inputs = torch.randn(64, 2, 1, 1)
    wanted = inputs[:, 0, 0] - 2 * inputs[:, 1, 0] + 0.5
    optimizers = OPTIMIZERS.resolve(f"{name}:lr=0.02").build(parameters=parameters(net))
    if name == "muon":
        optimizers = OPTIMIZERS.resolve("muon:lr=0.02,rest_lr=0.02").build(parameters=parameters(net))
    first = last = 0.0
    for step in range(100):
        loss = (net(inputs) - wanted).square().mean()
        net.zero_grad()
        loss.backward()
        for each in optimizers:
            each.step()
        first, last = (loss.item(), last) if step == 0 else (first, loss.item())
    assert last < 0.1 * first
