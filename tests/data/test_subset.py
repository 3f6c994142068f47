import hashlib
import struct

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.subset import choose_subset, indices_by_class, profile_subset, subset_digest
from imbalearn_torch.errors import DataError

TARGETS = torch.tensor([2, 0, 1, 0, 2, 2, 0, 1, 0])


def test_indices_by_class():
    assert [each.tolist() for each in indices_by_class(TARGETS, 4)] == [[1, 3, 6, 8], [2, 7], [0, 4, 5], []]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 2**40), st.data())
def test_the_wanted_counts_without_replacement(labels, seed, data):
    targets = torch.tensor(labels)
    available = torch.bincount(targets, minlength=5)
    wanted = torch.tensor([data.draw(st.integers(0, int(count))) for count in available])
    chosen = choose_subset(targets, wanted, seed)
    assert chosen.dtype == torch.int64
    assert torch.equal(chosen, chosen.unique())  # ascending, no index twice
    assert torch.equal(torch.bincount(targets[chosen], minlength=5), wanted)


def test_the_seed_decides():
    targets = torch.zeros(1000, dtype=torch.int64)
    draws = [choose_subset(targets, torch.tensor([500]), seed) for seed in (0, 0, 1)]
    assert torch.equal(draws[0], draws[1])
    shared = len(set(draws[0].tolist()) & set(draws[2].tolist()))
    assert 200 < shared < 300  # hypergeometric: mean 250, standard deviation 7.9


def test_a_class_is_chosen_regardless_of_the_others():
    first = choose_subset(TARGETS, torch.tensor([2, 1, 2]), seed=3)
    other = choose_subset(TARGETS, torch.tensor([4, 0, 2]), seed=3)
    assert first[TARGETS[first] == 2].tolist() == other[TARGETS[other] == 2].tolist()


def test_each_class_has_a_stream_of_its_own():
    chosen = choose_subset(torch.arange(2).repeat_interleave(100), torch.tensor([50, 50]), seed=0)
    assert chosen[:50].tolist() != (chosen[50:] - 100).tolist()


def test_a_smaller_count_gives_a_subset():
    targets = torch.zeros(50, dtype=torch.int64)
    small, large = (set(choose_subset(targets, torch.tensor([count]), seed=1).tolist()) for count in (10, 30))
    assert small < large


def test_each_image_is_equally_likely():
    targets = torch.zeros(10, dtype=torch.int64)
    hits = sum(torch.bincount(choose_subset(targets, torch.tensor([3]), seed), minlength=10) for seed in range(1000))
    # Binomial(1000, 0.3): mean 300, standard deviation 14.5; five of them.
    assert ((hits - 300).abs() < 73).all()


def test_more_than_there_is():
    with pytest.raises(DataError, match="class 1 has 2 images, but 3 are wanted"):
        choose_subset(TARGETS, torch.tensor([1, 3, 1]), seed=0)


def test_a_profile_chooses_among_the_candidates_and_answers_in_indices_of_the_whole():
    candidates = torch.tensor([1, 2, 4, 5, 7, 8])  # of class 0: 1 and 8; of class 1: 2 and 7; of class 2: 4 and 5
    found = profile_subset(PROFILES.resolve("counts:values=[2,1,0]"), TARGETS, candidates, num_classes=3, seed=0)
    assert found.tolist() in ([1, 2, 8], [1, 7, 8])
    within = choose_subset(TARGETS[candidates], torch.tensor([2, 1, 0]), seed=0)
    assert found.tolist() == candidates[within].tolist()


def test_the_digest_is_that_of_little_endian_bytes():
    expected = hashlib.sha256(struct.pack("<3q", 1, 5, 2**40)).hexdigest()
    assert subset_digest(torch.tensor([1, 5, 2**40])) == expected
