"""The paired bootstrap against scikit-learn on drawn images, and against the binomial distribution."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import f1_score

from imbalearn_torch.errors import DataError
from imbalearn_torch.metrics.bootstrap import bootstrap_macro_f1


def guesses(targets, share, classes, generator):
    right = generator.random(len(targets)) < share
    return np.where(right, targets, generator.integers(0, classes, len(targets)))


@pytest.fixture
def labels():
    generator = np.random.default_rng(1)
    targets = generator.integers(0, 4, 60)
    ours = [guesses(targets, 0.8, 4, generator) for _ in range(2)]
    theirs = [guesses(targets, 0.6, 4, generator) for _ in range(2)]
    return targets, ours, theirs


def test_the_same_images_through_scikit_learn(labels):
    targets, ours, theirs = labels

    def difference(images):
        present = np.unique(targets[images])

        def macro(several):
            figures = [
                f1_score(targets[images], each[images], labels=present, average="macro", zero_division=0)
                for each in several
            ]
            return np.mean(figures)

        return macro(ours) - macro(theirs)

    drawn = np.random.default_rng(5).integers(0, 60, (300, 60))
    expected = np.percentile([difference(images) for images in drawn], [2.5, 97.5])
    found = bootstrap_macro_f1(targets, ours, theirs, num_classes=4, resamples=300, seed=5)
    assert found is not None
    assert found.mean == pytest.approx(difference(np.arange(60)), abs=1e-12)
    # Other resamples of the same distribution: a tail quantile of 300 is known to about a hundredth.
    assert (found.low, found.high) == pytest.approx(expected, abs=0.03)


def test_two_classes_half_right_is_binomial():
    # Everything of class 0 and one method always right: then F1 = 2 h / (N + h) of h hits, h binomial(N, 1/2).
    count = 400
    targets = np.zeros(count, dtype=np.int64)
    half = np.arange(count) % 2
    found = bootstrap_macro_f1(targets, [half], [targets], num_classes=2, resamples=4000)
    hits = stats.binom(count, 0.5).ppf([0.025, 0.975])
    assert found is not None
    assert found.mean == pytest.approx(2 * 200 / 600 - 1)
    assert (found.low, found.high) == pytest.approx(2 * hits / (count + hits) - 1, abs=0.005)


def test_resamples_are_paired(labels):
    targets, ours, _ = labels
    assert bootstrap_macro_f1(targets, ours, ours, num_classes=4) == (0.0, 0.0, 0.0)


def test_the_same_seed_gives_the_same_interval(labels):
    targets, ours, theirs = labels
    several = [bootstrap_macro_f1(targets, ours, theirs, num_classes=4, resamples=50, seed=seed) for seed in (3, 3, 4)]
    assert several[0] == several[1] != several[2]


def test_two_thousand_resamples_of_a_large_test_set_take_less_than_a_second():
    generator = np.random.default_rng(0)
    targets = generator.integers(0, 10, 10_000)
    ours, theirs = ([guesses(targets, share, 10, generator)] for share in (0.7, 0.68))
    start = time.process_time()
    bootstrap_macro_f1(targets, ours, theirs, num_classes=10)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("images", [0, 1])
def test_too_few_images_or_seeds(images):
    labels = np.zeros(images, dtype=np.int64)
    assert bootstrap_macro_f1(labels, [labels], [labels], num_classes=2) is None
    assert bootstrap_macro_f1(np.zeros(9, dtype=np.int64), [], [], num_classes=2) is None


@pytest.mark.parametrize(
    ("ours", "theirs"), [([np.zeros(3, np.int64)], []), ([np.zeros(2, np.int64)], [np.zeros(3, np.int64)])]
)
def test_other_shapes_are_refused(ours, theirs):
    with pytest.raises(DataError, match=r"Expected labels \[N\] in 0..1"):
        bootstrap_macro_f1(np.zeros(3, dtype=np.int64), ours, theirs, num_classes=2)


def test_unknown_classes_are_refused():
    labels = np.array([0, 1, 2])
    with pytest.raises(DataError, match=r"in 0..1"):
        bootstrap_macro_f1(labels, [labels], [labels], num_classes=2)
