"""The validation cut. What holds for every data set, fraction and seed.

1. Both parts are ascending and without repetition, have no index in common, and are together all indices.
2. The last image of a class is never held out: a class with one image stays in training, one without stays empty.
3. A class gives within one image of its share, wherever the last-image rule does not bind for any class.
4. The total is round(fraction * N), or all that the last-image rule leaves.
5. It is a function of labels, fraction and seed, whatever the default generators do, and leaves them alone.
6. A class's images are chosen regardless of the order of the others: relabelled to swap no counts, nothing changes.
"""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from imbalearn_torch.data.split import stratified_split

same = settings(max_examples=80, derandomize=True, deadline=None)
label_lists = st.lists(st.integers(0, 5), min_size=1, max_size=120)
fractions = st.floats(0, 1, exclude_max=True) | st.sampled_from([0.1, 0.2, 0.5, 1 / 3])
seeds = st.integers(0, 2**63 - 1)


@same
@given(labels=label_lists, fraction=fractions, seed=seeds)
def test_1_to_4_the_parts(*, labels: list[int], fraction: float, seed: int) -> None:
    targets = torch.tensor(labels)
    rest, held = stratified_split(targets, 6, fraction, seed)
    assert rest.dtype == held.dtype == torch.int64
    for part in (rest, held):
        assert part.tolist() == sorted(set(part.tolist()))
    assert not set(rest.tolist()) & set(held.tolist())
    assert sorted([*rest.tolist(), *held.tolist()]) == list(range(len(labels)))
    counts, taken = (torch.bincount(each, minlength=6).tolist() for each in (targets, targets[held]))
    assert all(took <= max(0, count - 1) for count, took in zip(counts, taken, strict=True))
    spare = sum(max(0, count - 1) for count in counts)
    assert sum(taken) == min(round(fraction * len(labels)), spare)
    if all(fraction * count <= count - 1 for count in counts if count):
        assert all(abs(took - fraction * count) < 1 + 1e-9 for count, took in zip(counts, taken, strict=True))


@same
@given(labels=label_lists, fraction=fractions, seed=seeds)
def test_5_a_pure_function(*, labels: list[int], fraction: float, seed: int) -> None:
    targets, state = torch.tensor(labels), torch.get_rng_state()
    first = stratified_split(targets, 6, fraction, seed)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    again = stratified_split(targets, 6, fraction, seed)
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


@same
@given(labels=label_lists, seed=seeds, data=st.data())
def test_6_classes_do_not_disturb_each_other(*, labels: list[int], seed: int, data: st.DataObject) -> None:
    """Which of a class's images are held out depends on their number alone, not on where the others stand."""
    targets = torch.tensor(labels)
    order = torch.tensor(data.draw(st.permutations(range(len(labels)))), dtype=torch.int64)
    moved = targets[order]
    held, held_moved = (stratified_split(each, 6, 0.3, seed)[1] for each in (targets, moved))
    for label in range(6):
        places = [(each == label).nonzero().flatten() for each in (targets, moved)]
        ranks = [torch.isin(place, part).tolist() for place, part in zip(places, (held, held_moved), strict=True)]
        assert ranks[0] == ranks[1]
