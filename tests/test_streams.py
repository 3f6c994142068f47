"""Seeded streams: numpy's SeedSequence is the oracle."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
import torch
from scipy import stats

from imbalearn_torch.errors import OptionError
from imbalearn_torch.streams import STREAMS, generator, seed_default_generators, stream_seed


def test_a_seed_is_the_upper_63_bits_of_numpys_seed_sequence() -> None:
    words = np.random.SeedSequence(7, spawn_key=(3, 5, 1)).generate_state(1, np.uint64)
    assert stream_seed(7, "plan", 5, 1) == int(words[0]) >> 1


def test_the_order_of_the_streams_is_part_of_every_saved_run() -> None:
    # The place of a name is its key: a new stream goes to the end, or an old seed would draw something else.
    assert STREAMS == ("subset", "split", "init", "plan", "partner", "augment", "mix", "step", "fit", "statistics")


def test_values_are_the_same_in_every_process() -> None:
    # Written down once: a checkpoint of an earlier version must go on with the same draws.
    assert stream_seed(0, "init") == 8_226_343_694_796_210_948
    assert stream_seed(0, "augment", 3, 17, 1) == 7_656_349_931_080_340_274


def test_trailing_zeros_are_keys_too() -> None:
    keys = [(), (0,), (0, 0), (3,), (3, 0), (3, 0, 0), (0, 3)]
    assert len({stream_seed(0, "augment", *each) for each in keys}) == len(keys)


def test_names_seeds_and_keys_all_count() -> None:
    seeds = {
        stream_seed(seed, name, epoch, step)  # pyright: ignore[reportArgumentType]
        for seed, name, epoch, step in product(range(6), STREAMS, range(6), range(6))
    }
    assert len(seeds) == 6 * len(STREAMS) * 6 * 6
    assert all(0 <= each < 2**63 for each in seeds)


def test_streams_of_neighbouring_steps_are_independent() -> None:
    first = [
        float(torch.rand((), generator=generator(0, "mix", epoch, step))) for epoch in range(20) for step in range(50)
    ]
    assert stats.kstest(first, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 4 / np.sqrt(len(first))


def test_a_generator_is_fresh_at_every_call() -> None:
    once = generator(1, "mix", 2)
    expected = torch.rand(5, generator=once)
    torch.rand(5, generator=generator(1, "augment", 2))
    assert torch.equal(torch.rand(5, generator=generator(1, "mix", 2)), expected)
    assert once.device.type == "cpu"


def test_default_generators_follow_the_stream_and_no_others_are_touched() -> None:
    random.seed(1)
    before = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002
    torch.rand(3)
    seed_default_generators(4, "step", 1, 2)
    assert torch.equal(torch.rand(5), torch.rand(5, generator=generator(4, "step", 1, 2)))
    assert random.getstate() == before[0]
    assert repr(np.random.get_state(legacy=False)) == repr(before[1])  # noqa: NPY002


def test_an_unknown_stream_is_refused() -> None:
    with pytest.raises(OptionError, match=r"one of subset, split, .*, but got 'noise'"):
        stream_seed(0, "noise")  # pyright: ignore[reportArgumentType]
