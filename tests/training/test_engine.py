"""One step of the engine against steps written by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import imbalearn_torch as ibt
from imbalearn_torch.errors import ComponentError, NonFiniteError
from imbalearn_torch.streams import generator, seed_default_generators
from imbalearn_torch.training.engine import Engine
from imbalearn_torch.types import Batch, Mixed


def plan(steps: int = 4, seed: int = 3) -> Tensor:
    return torch.randint(0, 40, (steps, 10), generator=torch.Generator().manual_seed(seed))


def weights_of(engine: Engine) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in engine.parts.network.named_parameters()}


def same(one: dict[str, Tensor], two: dict[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


class Hand:
    """The same network trained by a loop that anybody would write."""

    def __init__(self, small_net, make_loader, chain: str = "none") -> None:
        torch.manual_seed(5)
        self.net = small_net().double()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
        self.loader = make_loader(chain)

    def batch(self, indices: Tensor, step: int, column: int = 0) -> Batch:
        draws = self.loader.draw(indices.numel(), generator(0, "augment", 0, step, column))
        return self.loader.batch(indices, draws)

    def step(self, mixed: Mixed, step: int) -> float:
        seed_default_generators(0, "step", 0, step)  # dropout
        logits = self.net(mixed.images)
        one = F.cross_entropy(logits, mixed.targets_a, reduction="none")
        two = F.cross_entropy(logits, mixed.targets_b, reduction="none")
        loss = (mixed.lam.double() * one + (1 - mixed.lam.double()) * two).sum() / mixed.lam.numel()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def agrees_with(self, engine: Engine) -> bool:
        ours = engine.parts.network.get_submodule("backbone").state_dict()
        return all(
            torch.allclose(ours[name], theirs, rtol=0, atol=1e-12) for name, theirs in self.net.state_dict().items()
        )


def test_plain_steps_by_hand(make_engine, make_loader, small_net) -> None:
    engine, hand = make_engine(chain="crop:pad=1+flip"), Hand(small_net, make_loader, "crop:pad=1+flip")
    for step, indices in enumerate(plan()):
        loss, _ = engine.step(0, step, [indices], None)
        images, targets = hand.batch(indices, step)
        assert float(loss) == pytest.approx(hand.step(Mixed(images, targets, targets, torch.ones(10)), step), abs=1e-12)
        assert hand.agrees_with(engine)


def test_a_mix_of_each_batch_with_itself_by_hand(make_engine, make_loader, small_net) -> None:
    mix = ibt.build("mix", "mixup")
    engine, hand = make_engine(mix=mix), Hand(small_net, make_loader)
    for step, indices in enumerate(plan()):
        loss, _ = engine.step(0, step, [indices], None)
        first = hand.batch(indices, step)
        order = torch.randperm(10, generator=generator(0, "partner", 0, step))
        mixed = mix(first, Batch(first.images[order], first.targets[order]), generator(0, "mix", 0, step))
        assert float(loss) == pytest.approx(hand.step(mixed, step), abs=1e-12)
        assert hand.agrees_with(engine)


def test_a_mix_with_partners_of_its_own_by_hand(make_engine, make_loader, small_net) -> None:
    mix, chain = ibt.build("mix", "mixup:alpha=0.4"), "crop:pad=1"
    engine, hand = make_engine(mix=mix, chain=chain), Hand(small_net, make_loader, chain)
    for step, (indices, partners) in enumerate(zip(plan(), plan(seed=4), strict=True)):
        loss, _ = engine.step(0, step, [indices, partners], None)
        mixed = mix(hand.batch(indices, step), hand.batch(partners, step, column=1), generator(0, "mix", 0, step))
        assert float(loss) == pytest.approx(hand.step(mixed, step), abs=1e-12)
        assert hand.agrees_with(engine)


def test_class_weights_reach_the_loss(make_engine) -> None:
    weights = torch.tensor([1.0, 2.0, 0.5, 4.0], dtype=torch.float64)
    engine, indices = make_engine(), plan()[0]
    seed_default_generators(0, "step", 0, 0)
    batch = engine.parts.loader.batch(indices, [])
    expected = F.cross_entropy(engine.parts.network(batch.images), batch.targets, weight=weights).item()
    assert float(engine.step(0, 0, [indices], weights)[0]) == pytest.approx(expected, rel=1e-12)


def test_the_rate_reported_is_the_one_used(make_engine) -> None:
    engine = make_engine(schedule="multistep:milestones=[0.25],gamma=0.1", steps=8)
    rates = []
    for step, indices in enumerate(plan()):
        engine.step(0, step, [indices], None)
        rates.append(engine.lr)
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01])


def test_the_loss_observes_the_first_column_once_a_step_before_forward(make_engine, counting_loss) -> None:
    loss = counting_loss()
    engine = make_engine(loss=loss, mix=ibt.build("mix", "mixup"))
    indices, partners = plan()[0], plan(seed=9)[0]
    engine.step(0, 0, [indices, partners], None)
    assert [name for name, _ in loss.calls] == ["observe", "forward", "forward"]
    assert torch.equal(loss.calls[0][1], engine.parts.loader.targets[indices])


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_the_loss_sees_float32(make_engine, counting_loss, precision: str) -> None:
    loss = counting_loss()
    make_engine(loss=loss, precision=precision).step(0, 0, [plan()[0]], None)
    assert loss.calls[-1] == ("forward", torch.float32)


def test_dropout_depends_on_nothing_but_the_step(make_engine) -> None:
    losses = []
    for draws in (0, 17):
        engine = make_engine()
        torch.rand(draws)
        losses.append(engine.step(2, 1, [plan()[0]], None)[0].item())
        losses.append(make_engine().step(2, 2, [plan()[0]], None)[0].item())
    assert losses[0] == losses[2]
    assert losses[0] != losses[1]


class Spy(nn.Module):
    """Keeps the images and the dropout mask of every forward."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(108, 4)
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen += [images.detach().clone(), F.dropout(torch.ones(50))]
        return self.fc(images.flatten(1))


class Observed:
    """A mix that does nothing but draw, keeping what it was given."""

    def __init__(self) -> None:
        self.seen: list[Batch] = []

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        self.seen += [a, b]
        torch.rand(100, generator=generator)
        return Mixed(a.images, a.targets, b.targets, torch.ones(a.targets.shape))


def test_the_choice_of_mix_and_loss_moves_no_other_stream(make_engine, counting_loss) -> None:
    spies = [Spy(), Spy(), Spy()]
    options = [{}, {"mix": Observed()}, {"loss": counting_loss()}]
    for spy, option in zip(spies, options, strict=True):
        engine = make_engine(net=spy, chain="crop:pad=2+flip", optimizer="sgd:lr=0", **option)
        for step, indices in enumerate(plan()):
            engine.step(0, step, [indices], None)
    for other in spies[1:]:
        assert len(other.seen) == 8
        assert all(torch.equal(one, two) for one, two in zip(spies[0].seen, other.seen, strict=True))


def test_partners_within_the_batch_are_a_permutation_in_the_same_format(make_engine) -> None:
    mix = Observed()
    make_engine(mix=mix, net=Spy()).step(0, 0, [plan()[0]], None)
    first, second = mix.seen
    assert second.images.is_contiguous(memory_format=torch.channels_last)
    matches = (second.images[:, None] == first.images[None]).flatten(2).all(dim=2)
    assert bool((matches.any(dim=0) & matches.any(dim=1)).all())
    assert sorted(second.targets.tolist()) == sorted(first.targets.tolist())
    assert not torch.equal(first.images, second.images)


class Broken(nn.Module):
    """A loss whose value or gradient is not finite."""

    def __init__(self, value: float, slope: float) -> None:
        super().__init__()
        self.value, self.slope = value, slope

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        values = F.cross_entropy(logits, targets, reduction="none")
        return values + values * (self.slope - 1) - (values * (self.slope - 1)).detach() + self.value


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "muon"])
@pytest.mark.parametrize(("value", "slope"), [(math.nan, 1.0), (math.inf, 1.0), (0.0, math.nan)])
def test_what_is_not_finite_stops_the_run_and_changes_no_weight(make_engine, optimizer, value, slope) -> None:
    engine = make_engine(loss=Broken(value, slope), optimizer=optimizer, horizon=3)
    before = weights_of(engine)
    with pytest.raises(NonFiniteError, match=r"not finite in epoch 5, step 3, learning rate .*, images \[") as caught:
        engine.step(4, 2, [plan()[0]], None)
    assert str(plan()[0].tolist()[:8])[:-1] in str(caught.value)
    assert same(weights_of(engine), before)
    assert all(not each.state for each in engine.parts.optimizers)
    assert int(engine.parts.averaged.n_averaged) == 0


def test_a_loss_of_nan_is_no_overflow(make_engine) -> None:
    with pytest.raises(NonFiniteError, match="not finite"):
        make_engine(precision="fp16", loss=Broken(math.nan, 1.0)).step(0, 0, [plan()[0]], None)


class Learnt(nn.Module):
    """A loss with a parameter of its own, whose gradient may be made infinite."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.factor = factor

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        extra = self.factor * (self.scale - self.scale.detach())
        return F.cross_entropy(logits, targets, reduction="none") + extra


def test_a_parameter_of_the_loss_is_trained_clipped_and_checked(make_engine) -> None:
    loss = Learnt(factor=1e6)
    engine = make_engine(loss=loss, optimizer="sgd:lr=1,momentum=0,weight_decay=0", clip=0.5)
    _, norm = engine.step(0, 0, [plan()[0]], None)
    assert norm == pytest.approx(1e6, rel=1e-3)
    assert float(loss.scale.detach()) == pytest.approx(0.5, abs=1e-3)  # all of the clipped norm is its
    with pytest.raises(NonFiniteError):
        make_engine(loss=Learnt(math.inf)).step(0, 0, [plan()[0]], None)


@pytest.mark.parametrize("clip", [None, 1e-3, 1e3])
def test_clipping_is_torchs_and_the_norm_that_before_it(make_engine, clip: float | None) -> None:
    engine = make_engine(optimizer="sgd:lr=1,momentum=0,weight_decay=0", clip=clip)
    before = weights_of(engine)
    _, norm = engine.step(0, 0, [plan()[0]], None)
    moved = math.sqrt(sum(float((new - before[name]).square().sum()) for name, new in weights_of(engine).items()))
    assert norm > 0.01
    assert moved == pytest.approx(norm if clip is None else min(clip, norm), rel=1e-4)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda a, b: a.images, "Mixed.*but got Tensor"),
        (lambda a, b: (a.images, a.targets), "Mixed.*but got tuple"),
        (
            lambda a, b: Mixed(a.images[:5], a.targets, b.targets, torch.ones(10)),
            r"keep images \[10, 3, 6, 6\].*\[5, 3, 6, 6\]",
        ),
        (lambda a, b: Mixed(a.images, a.targets, b.targets, torch.ones(())), r"labels and lam \[10\].*and \[\]"),
        (lambda a, b: Mixed(a.images, a.targets[:4], b.targets, torch.ones(10)), r"labels and lam \[10\].*\[4\]"),
    ],
)
def test_a_mix_that_breaks_the_contract_is_named(make_engine, result, message: str) -> None:
    engine = make_engine(mix=lambda a, b, generator: result(a, b))
    with pytest.raises(ComponentError, match=message):
        engine.step(0, 0, [plan()[0]], None)


@pytest.mark.parametrize("lam", [-0.1, 1.5, math.nan])
def test_shares_outside_the_unit_interval_are_refused(make_engine, lam: float) -> None:
    engine = make_engine(mix=lambda a, b, generator: Mixed(a.images, a.targets, b.targets, torch.full((10,), lam)))
    with pytest.raises(ComponentError, match=r"lam in \[0, 1\], but got \["):
        engine.step(0, 0, [plan()[0]], None)


def test_a_plain_tuple_of_four_is_a_mix_too(make_engine) -> None:
    engine = make_engine(mix=lambda a, b, generator: (a.images, a.targets, b.targets, torch.ones(10)))
    assert math.isfinite(float(engine.step(0, 0, [plan()[0]], None)[0]))
