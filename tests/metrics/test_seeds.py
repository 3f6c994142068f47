"""Figures of several seeds against worked examples and SciPy's other routes."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest
from scipy import stats

from imbalearn_torch.errors import OptionError
from imbalearn_torch.metrics.seeds import can_correct, corrected, mean_interval, paired_difference

# Student, The probable error of a mean, Biometrika 1908: hours of sleep gained by ten patients with two drugs.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_the_sleep_data_of_student():
    # R's documentation of `sleep`, t.test(paired = TRUE): 1.58, interval 0.7001142 to 2.4598858, p = 0.002833.
    difference = paired_difference(DRUG_2, DRUG_1)
    assert difference.mean == pytest.approx(1.58)
    assert (difference.low, difference.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert difference.p == pytest.approx(0.002833, abs=1e-6)
    turned = paired_difference(DRUG_1, DRUG_2)
    assert (turned.mean, turned.p) == (pytest.approx(-1.58), pytest.approx(difference.p))


def test_the_interval_of_three_seeds_by_the_table():
    # t(0.975, 2 degrees of freedom) = 4.303 in every table; s = 0.01, so that the half width is 4.303 * 0.01 / sqrt(3).
    mean, low, high = mean_interval([0.70, 0.71, 0.72])
    assert mean == pytest.approx(0.71)
    assert (high - mean, mean - low) == pytest.approx([4.303 * 0.01 / math.sqrt(3)] * 2, abs=1e-5)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_interval_by_the_distribution_itself(level):
    values = np.random.default_rng(0).normal(0.7, 0.02, 5)
    expected = stats.t.interval(level, df=4, loc=values.mean(), scale=stats.sem(values))
    assert mean_interval(values.tolist(), level)[1:] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (None, None, None)),
        ([None, None], (None, None, None)),
        ([0.5], (0.5, None, None)),
        ([0.5, None], (0.5, None, None)),
        ([1.0, 1.0, 1.0], (1.0, 1.0, 1.0)),
        ([0.1 + 0.2, 0.3], (pytest.approx(0.3),) * 3),
    ],
)
def test_without_spread_or_with_too_few_seeds(values, expected):
    assert tuple(mean_interval(values)) == expected


def test_a_seed_without_its_partner_is_left_out():
    assert paired_difference([0.5, None, 0.7], [0.4, 0.9, 0.5]) == paired_difference([0.5, 0.7], [0.4, 0.5])
    assert tuple(paired_difference([0.5, None], [None, 0.4])) == (None, None, None, None)
    assert tuple(paired_difference([0.5], [0.25])) == (0.25, None, None, None)


@pytest.mark.parametrize("step", [0.0, 0.01])
def test_equal_differences_have_no_p_value(step):
    # t = 0 / 0, or infinite: that all seeds agree to the last image is no evidence beyond all doubt.
    ours, theirs = [0.50 + step, 0.60 + step, 0.73 + step], [0.50, 0.60, 0.73]
    assert tuple(paired_difference(ours, theirs)) == (*[pytest.approx(step)] * 3, None)


def test_lengths_must_agree():
    with pytest.raises(OptionError, match="as many `reference` as `values`, but got 1 and 2"):
        paired_difference([0.5, 0.6], [0.5])


def test_no_correction():
    assert corrected([0.01, None, 0.04], "none") == [0.01, None, 0.04]
    assert can_correct("none")


def test_without_statsmodels_there_is_no_corrected_value(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not can_correct("holm")
    assert corrected([0.01, None, 0.04]) == [None, None, None]


def test_the_correction_of_holm():
    pytest.importorskip("statsmodels", reason="the extra `stats` is not installed")
    # Holm 1979 by hand: sorted .01, .02, .03, .04 times 4, 3, 2, 1 are .04, .06, .06, .04, made monotone.
    assert corrected([0.04, 0.01, None, 0.03, 0.02]) == [
        pytest.approx(0.06),
        pytest.approx(0.04),
        None,
        pytest.approx(0.06),
        pytest.approx(0.06),
    ]
    assert corrected([None]) == [None]
    assert corrected([0.9, 0.8]) == [1.0, 1.0]
