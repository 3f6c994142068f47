import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from torch import Tensor

from imbalearn_builtins.samplers import class_draw
from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.class_draw import ClassDraw, class_drawer, class_order
from imbalearn_builtins.samplers.effective_number import EffectiveNumberSampler
from imbalearn_builtins.samplers.power import PowerSampler
from imbalearn_builtins.samplers.reverse import ReverseSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_builtins.samplers.weighted import WeightedSampler

COUNTS = (500, 0, 90, 9, 1)  # an absent class in the middle, and one of a single image
TARGETS = torch.repeat_interleave(torch.arange(5), torch.tensor(COUNTS))[
    torch.randperm(600, generator=torch.Generator().manual_seed(8))
]
SAMPLERS = {
    "balanced": BalancedSampler,
    "cycled": lambda **options: BalancedSampler(replacement=False, **options),
    "sqrt": SqrtSampler,
    "weighted": lambda **options: WeightedSampler(weights=(1.0, 5.0, 0.5, 0.0, 2.5), **options),
    "power": lambda **options: PowerSampler(q=0.2, **options),
    "reverse": ReverseSampler,
    "effective-number": lambda **options: EffectiveNumberSampler(beta=0.99, **options),
}
EACH = pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def p_value(drawn: Tensor, expected: Tensor) -> float:
    """Of a chi-square test; a class that must not be drawn is checked exactly."""
    possible = expected > 0
    assert not bool(drawn[~possible].any())
    return float(chisquare(drawn[possible].numpy(), (expected[possible] * drawn.sum()).numpy()).pvalue)


@EACH
def test_classes_are_drawn_as_stated(make) -> None:
    sampler = make(targets=TARGETS, num_classes=5, epoch_size=200_000)
    plan = sampler.plan(0, generator(3))
    assert plan.dtype == torch.int64
    assert plan.shape == (200_000,)
    assert p_value(torch.bincount(TARGETS[plan], minlength=5), sampler.class_distribution(0)) > 1e-3


@pytest.mark.parametrize("name", sorted({*SAMPLERS} - {"cycled"}))
def test_the_images_of_a_class_are_drawn_equally_often(name: str) -> None:
    sampler = SAMPLERS[name](targets=TARGETS, num_classes=5, epoch_size=200_000)
    drawn = torch.bincount(sampler.plan(0, generator(4)), minlength=600)
    for label in (0, 2):
        images = drawn[label == TARGETS]
        assert p_value(images, torch.full((images.numel(),), 1 / images.numel(), dtype=torch.float64)) > 1e-3


@EACH
def test_the_generator_alone_decides(make) -> None:
    sampler = make(targets=TARGETS)
    first = sampler.plan(0, generator(1))
    again = generator(1)
    assert torch.equal(make(targets=TARGETS).plan(5, again), first)
    assert not torch.equal(sampler.plan(0, again), first)  # the generator has advanced


def test_more_images_than_torch_multinomial_can_hold() -> None:
    # torch.multinomial, behind WeightedRandomSampler, ends at 2^24 categories: it would not take these images.
    size = 2**24 + 2**10
    targets = torch.zeros(size, dtype=torch.int8)
    targets[2**24 :] = 1
    sampler = BalancedSampler(targets=targets, num_classes=2, epoch_size=1000)
    tail = sampler.plan(0, generator())
    tail = tail[tail >= 2**24]
    assert 400 < tail.numel() < 600  # 500 +- 6 standard deviations
    assert int(tail.max()) < size
    assert tail.unique().numel() > 300  # 1024 (1 - exp(-500 / 1024)) = 396 different ones are expected


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_the_order_is_a_stable_sort_however_it_is_cut(labels: list[int], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_draw, "_CHUNK", chunk)
        order = class_order(torch.tensor(labels), torch.bincount(torch.tensor(labels), minlength=7))
    assert order.tolist() == np.argsort(labels, kind="stable").tolist()


def test_labels_beyond_16_bits_are_sorted_too() -> None:
    labels = torch.tensor([70_000, 3, 40_000, 3])
    assert class_order(labels, torch.bincount(labels)).tolist() == [1, 3, 2, 0]


@pytest.mark.parametrize("mass", [[0.0, 0.3, 0.0, 0.7, 0.0], [0.0, 0.5, 0.0, 0.5, 0.0]])
@pytest.mark.parametrize("end", [0.0, 1 - 2**-53])
def test_the_ends_of_the_uniform_draw_hit_present_classes(
    mass: list[float], end: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "rand", lambda size, dtype, generator: torch.full((size,), end, dtype=dtype))
    draw = class_drawer(torch.tensor(mass, dtype=torch.float64))
    assert set(draw(20, generator()).tolist()) <= {1, 3}


@pytest.mark.parametrize("size", [1, 3, 7, 1000, 2**20 - 1])
def test_the_end_of_the_uniform_draw_is_an_image_of_the_class(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = BalancedSampler(targets=torch.zeros(size, dtype=torch.int8), epoch_size=3)
    monkeypatch.setattr(torch, "rand", lambda size, dtype, generator: torch.full((size,), 1 - 2**-53, dtype=dtype))
    assert sampler.plan(0, generator()).tolist() == [size - 1] * 3


def test_a_subclass_must_give_its_mass() -> None:
    with pytest.raises(TypeError, match="class_mass"):
        ClassDraw(targets=[0], num_classes=None, epochs=1, start=0.0, epoch_size=None)  # pyright: ignore[reportAbstractUsage]
