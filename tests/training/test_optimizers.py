"""Optimisers by option string: who trains what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from timm.optim.muon import Muon
from torch import Tensor, nn

from imbalearn_torch.errors import OptionError
from imbalearn_torch.training.optimizers import OPTIMIZERS, adamw, muon, sgd

ALL = ["sgd", "adamw", "muon"]


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
    assert (type(kernels), type(rest)) == (Muon, torch.optim.SGD)
    assert ids(trained_by(kernels)) == {id(net.conv.weight)}
    assert ids(trained_by(rest)) == ids(net.parameters()) - {id(net.conv.weight)}
    assert (kernels.param_groups[0]["lr"], rest.param_groups[0]["lr"]) == (0.02, 0.2)
    assert kernels.param_groups[0]["momentum"] == rest.param_groups[0]["momentum"] == 0.7
    assert rest.param_groups[0]["nesterov"]


@pytest.mark.parametrize("shape", [(16, 1, 3, 3), (16, 3, 3, 3), (2, 1, 3, 3), (600, 1, 2, 2)])
def test_muon_orthogonalises_every_convolution(shape: tuple[int, ...]) -> None:
    # The stem of grey images too, which timm left to itself would train by Adam.
    kernel = nn.Parameter(torch.zeros(shape))
    (made,) = muon(parameters=[kernel], lr=1.0, weight_decay=0.0)
    kernel.grad = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    made.step()
    assert set(made.state[kernel]) == {"use_muon", "momentum_buffer"}
    # Newton-Schulz leaves singular values near 1, times 0.2 sqrt(longer side) (Liu 2025, arXiv:2502.16982, equation 4).
    matrix = kernel.detach().flatten(1) / (0.2 * max(shape[0], kernel[0].numel()) ** 0.5)
    values = torch.linalg.svdvals(matrix)
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.3


def test_muon_without_convolutions_or_without_the_rest() -> None:
    (alone,) = muon(parameters=[nn.Parameter(torch.zeros(3, 4))])
    assert type(alone) is torch.optim.SGD
    (alone,) = muon(parameters=[nn.Parameter(torch.zeros(5, 4, 3, 3))])
    assert type(alone) is Muon


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("frozen", [[], [nn.Parameter(torch.zeros(2, 2, 3, 3), requires_grad=False)]])
def test_nothing_to_train_is_a_sentence(name: str, frozen: list[nn.Parameter]) -> None:
    with pytest.raises(OptionError) as caught:
        OPTIMIZERS.resolve(name).build(parameters=frozen)
    assert str(caught.value) == f"optimizer '{name}': Expected at least one parameter to train, but all are frozen"


@pytest.mark.parametrize("make", [sgd, adamw, muon])
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
