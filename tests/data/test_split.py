import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from imbalearn_torch.data.split import stratified_split
from imbalearn_torch.errors import OptionError


def labels(*counts):
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def held_counts(counts, fraction, seed=0):
    targets = labels(*counts)
    _, held = stratified_split(targets, len(counts), fraction, seed)
    return torch.bincount(targets[held], minlength=len(counts)).tolist()


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 2**31),
)
def test_what_holds_for_every_split(counts, fraction, seed):
    targets = labels(*counts)
    targets = targets[torch.randperm(len(targets), generator=torch.Generator().manual_seed(seed))]
    rest, held = stratified_split(targets, len(counts), fraction, seed)
    assert torch.equal(torch.cat([rest, held]).sort().values, torch.arange(len(targets)))
    assert torch.equal(held, held.unique())
    assert torch.equal(rest, rest.unique())
    taken = torch.bincount(targets[held], minlength=len(counts)).tolist()
    assert len(held) == min(round(fraction * sum(counts)), sum(max(0, count - 1) for count in counts))
    if fraction <= 0.5 and min(counts) >= 2:  # then the last image of a class never limits
        assert all(abs(took - fraction * count) < 1 for took, count in zip(taken, counts, strict=True))


@pytest.mark.parametrize("counts", [(50, 30, 20), (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50), (40, 7, 3)])
def test_sizes_agree_with_scikit_learn_where_no_remainders_tie(counts):
    targets = labels(*counts)
    total = round(0.1 * len(targets))
    _, held = train_test_split(targets.numpy(), test_size=total, stratify=targets.numpy(), random_state=0)
    assert held_counts(counts, 0.1) == torch.bincount(torch.from_numpy(held), minlength=len(counts)).tolist()


def test_largest_remainders_by_hand():
    # total = round(6.75) = 7: 2 + 2 + 1 + 0, then one each for class 3 (.75) and class 0 (.5, the smaller label)
    assert held_counts((10, 10, 4, 3), 0.25) == [3, 2, 1, 1]


def test_products_that_binary_cannot_hold():
    assert held_counts((10, 10), 0.7) == [7, 7]  # 0.7 * 10 = 7.000000000000001
    assert held_counts((100, 100), 0.29) == [29, 29]  # 0.29 * 100 = 28.999999999999996


def test_the_last_image_of_a_class_is_never_held_out():
    assert held_counts((1, 1, 2), 0.9) == [0, 0, 1]
    assert held_counts((1,), 0.9) == [0]


def test_nothing_is_held_out_at_zero_and_absent_classes_are_safe():
    assert held_counts((5, 0, 3), 0) == [0, 0, 0]
    assert held_counts((5, 0, 5), 0.2) == [1, 0, 1]


def test_the_seed_and_the_stream_decide():
    targets = labels(200, 100)
    splits = [stratified_split(targets, 2, 0.5, seed)[1].tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]
    assert stratified_split(targets, 2, 0.5, 1, stream="subset")[1].tolist() != splits[0]


def test_each_class_has_a_stream_of_its_own():
    held = stratified_split(labels(100, 100), 2, 0.5, 0)[1].tolist()
    assert held[:50] != [index - 100 for index in held[50:]]


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, float("nan")])
def test_the_fraction_is_checked(fraction):
    with pytest.raises(OptionError, match=rf"in \[0, 1\), but got {fraction}"):
        stratified_split(labels(3, 3), 2, fraction, 0)
