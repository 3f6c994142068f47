"""Mixing of hidden activations, by hand; mixing of images is in test_engine.py."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.streams import generator, seed_default_generators
from imbalearn_torch.training.mixing import hidden_stages, reordered
from imbalearn_torch.types import Batch, Mixed

PLAN = torch.randint(0, 40, (6, 10), generator=torch.Generator().manual_seed(3))
PARTNERS = torch.randint(0, 40, (6, 10), generator=torch.Generator().manual_seed(4))


class Staged(nn.Module):
    """Three layers without anything random or counted over the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = nn.Linear(108, 7), nn.Linear(7, 5), nn.Linear(5, 4)

    @property
    def stages(self) -> tuple[nn.Module, ...]:
        return self.first, self.second

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.second(self.first(images.flatten(1)).relu()).relu())


class HiddenMix:
    """Shares of the images by their position; keeps the shapes that it saw."""

    hidden = True

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        self.seen.append(a.images.shape[1])
        lam = torch.linspace(0, 1, len(a.targets))
        share = lam.to(a.images.dtype)[:, None]
        return Mixed(share * a.images + (1 - share) * b.images, a.targets, b.targets, lam)


@pytest.mark.parametrize("partners", [False, True])
def test_by_hand(make_engine, partners: bool) -> None:
    net, mix = Staged(), HiddenMix()
    engine = make_engine(net=net, mix=mix, optimizer="sgd:lr=0.000001")
    lam = torch.linspace(0, 1, 10, dtype=torch.float64)
    for step, indices in enumerate(PLAN):
        columns = [indices, PARTNERS[step]] if partners else [indices]
        seed_default_generators(0, "step", 0, step)
        batches = [engine.parts.loader.batch(each, []) for each in columns]
        stage = int(torch.randint(2, (1,), generator=generator(0, "mix", 0, step)))
        order = torch.randperm(10, generator=generator(0, "partner", 0, step))
        a = batches[0]
        b = batches[1] if partners else Batch(a.images[order], a.targets[order])
        hidden = [net.first(each.images.flatten(1)) for each in (a, b)]
        if stage == 1:
            hidden = [net.second(each.relu()) for each in hidden]
        mixed = lam[:, None] * hidden[0] + (1 - lam[:, None]) * hidden[1]
        logits = net.head((mixed if stage == 1 else net.second(mixed.relu())).relu())
        one, two = (F.cross_entropy(logits, each.targets, reduction="none") for each in (a, b))
        expected = float((lam * one + (1 - lam) * two).mean().detach())
        loss, _ = engine.step(0, step, columns, None)
        assert float(loss) == pytest.approx(expected, abs=1e-7)  # lam is float32
        assert mix.seen[-1] == (7, 5)[stage]
    assert set(mix.seen) == {7, 5}  # any stage may be drawn
    assert not net.first._forward_hooks and not net.second._forward_hooks


def test_bf16_activations_keep_their_type(make_engine) -> None:
    engine = make_engine(net=Staged(), mix=HiddenMix(), precision="bf16")
    assert bool(engine.step(0, 0, [PLAN[0]], None)[0].isfinite())


class NoStages(nn.Module):
    pass


class ForeignStages(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(108, 4)
        self.stages: Any = [[nn.Linear(1, 1)]][0]

    def forward(self, images: Tensor) -> Tensor:
        return self.fc(images.flatten(1))


class UncalledStage(ForeignStages):
    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Linear(1, 1)
        self.stages = (self.unused,)


@pytest.mark.parametrize("backbone", [NoStages(), ForeignStages()], ids=lambda each: type(each).__name__)
def test_a_backbone_without_stages_of_its_own_is_refused(backbone: nn.Module) -> None:
    with pytest.raises(ComponentError, match=rf"backbone {type(backbone).__name__} has no `stages`"):
        hidden_stages(backbone, HiddenMix())
    assert hidden_stages(backbone, lambda a, b, generator: None) == ()


def test_a_stage_that_is_not_called_is_refused(make_engine) -> None:
    engine = make_engine(net=UncalledStage(), mix=HiddenMix())
    with pytest.raises(ComponentError, match="names a stage that its forward does not call"):
        engine.step(0, 0, [PLAN[0]], None)


@pytest.mark.parametrize("shape", [(6, 3, 5, 4), (6, 1, 5, 4), (6, 3, 1, 1), (6, 7)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_partners_are_indexed_and_keep_the_memory_format(shape: tuple[int, ...], layout: torch.memory_format) -> None:
    images = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    if len(shape) == 4:
        images = images.contiguous(memory_format=layout)
    order = torch.randperm(6, generator=torch.Generator().manual_seed(2))
    found = reordered(images, order)
    assert torch.equal(found, images[order])
    assert found.stride() == images.stride()
    assert torch.equal(reordered(images.flip(-1).mT, order), images.flip(-1).mT[order])  # of neither format
