"""Imbalance profiles and the subset they choose. What holds for every profile, ratio, data set and seed.

1. Counts fall from class to class, among the classes that have images.
2. The first class that has images gets n_max where it is head, no class gets more, and none more than it has.
3. The largest count is at most `ratio` times the smallest before rounding: each count is within one of the formula,
   and at least 1 where the class has images, 0 where it has none.
4. Without `n_max` nothing is ever lacking; with one that is too large the error says which class lacks how much.
5. The subset holds exactly these counts, without replacement, ascending, and only candidates.
6. It is a function of the subset seed, whatever the default generators do.
7. With one seed, fewer images of a class are some of the more.
"""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.subset import profile_subset
from imbalearn_torch.errors import DataError

available_counts = st.lists(st.integers(0, 400), min_size=1, max_size=12).filter(any)
ratios = st.floats(1, 1000)
names = st.sampled_from(["exp", "step", "pareto"])
same = settings(max_examples=60, derandomize=True, deadline=None)


def wanted(name: str, available: list[int], ratio: float, n_max: int | None = None) -> list[int]:
    text = f"{name}:ratio={ratio!r}" + (f",n_max={n_max}" if n_max else "")
    return PROFILES.resolve(text).build(available=torch.tensor(available)).tolist()


def shape(name: str, classes: int, ratio: float) -> list[float]:
    """What each class gets of n_max, written down anew from the formulas of the papers."""
    if name == "step":
        head = max(1, classes // 2)
        return [1.0] * head + [1 / ratio] * (classes - head)
    if name == "exp":
        return [ratio ** (-label / max(1, classes - 1)) for label in range(classes)]
    # (c + 1)^-a with a = log ratio / log K, so that the last class gets 1 / ratio.
    power = math.log(ratio) / math.log(max(2, classes))
    return [(label + 1) ** -power for label in range(classes)]


@same
@given(name=names, available=available_counts, ratio=ratios)
def test_1_to_4_counts(*, name: str, available: list[int], ratio: float) -> None:
    counts = wanted(name, available, ratio)
    n_max = min(count for count in available if count)
    kept = [count for count, there in zip(counts, available, strict=True) if there]
    assert kept == sorted(kept, reverse=True)
    for count, there, share in zip(counts, available, shape(name, len(available), ratio), strict=True):
        assert count <= min(there, n_max)
        assert (count >= 1) == (there >= 1)
        if there:
            assert abs(count - max(1, n_max * share)) <= 1 + 1e-9 * n_max
    if available[0]:
        assert counts[0] == n_max


@same
@given(name=names, available=available_counts, ratio=ratios, n_max=st.integers(1, 600))
def test_4_too_large(*, name: str, available: list[int], ratio: float, n_max: int) -> None:
    try:
        counts = wanted(name, available, ratio, n_max)
    except DataError as error:
        label, needs, has = next(
            (c, n_max, count) for c, count in enumerate(available) if count and f"class {c} wants" in str(error)
        )
        assert has < needs
        assert f"class {label} wants" in str(error)
        assert "smaller `n_max`" in str(error)
    else:
        assert all(count <= there for count, there in zip(counts, available, strict=True))


@same
@given(
    name=names,
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=6).filter(any),
    ratio=ratios,
    seed=st.integers(0, 2**63 - 1),
    data=st.data(),
)
def test_5_and_6_the_subset(*, name: str, sizes: list[int], ratio: float, seed: int, data: st.DataObject) -> None:
    targets = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    targets = targets[torch.tensor(data.draw(st.permutations(range(targets.numel()))), dtype=torch.int64)]
    chosen = data.draw(st.sets(st.integers(0, targets.numel() - 1), min_size=1))
    candidates = torch.tensor(sorted(chosen), dtype=torch.int64)
    profile = PROFILES.resolve(f"{name}:ratio={ratio!r}")
    available = torch.bincount(targets[candidates], minlength=len(sizes))
    found = profile_subset(profile, targets, candidates, len(sizes), seed)
    assert torch.equal(found, found.unique())
    assert set(found.tolist()) <= chosen
    counts = torch.bincount(targets[found], minlength=len(sizes))
    assert torch.equal(counts, profile.build(available=available))
    torch.rand(3)
    assert torch.equal(profile_subset(profile, targets, candidates, len(sizes), seed), found)


@same
@given(sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5), seed=st.integers(0, 2**63 - 1), data=st.data())
def test_7_fewer_are_some_of_the_more(*, sizes: list[int], seed: int, data: st.DataObject) -> None:
    many = [data.draw(st.integers(0, size)) for size in sizes]
    few = [data.draw(st.integers(0, size)) for size in many]
    assume(any(few))
    targets = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    candidates = torch.arange(targets.numel())
    small, large = (
        profile_subset(
            PROFILES.resolve(f"counts:values={str(each).replace(' ', '')}"), targets, candidates, len(sizes), seed
        )
        for each in (few, many)
    )
    assert set(small.tolist()) <= set(large.tolist())


@pytest.mark.parametrize("name", ["exp", "step", "pareto"])
def test_the_ratio_is_reached(name: str) -> None:
    counts = wanted(name, [1000] * 10, 50.0)
    assert (counts[0], counts[-1]) == (1000, 20)
