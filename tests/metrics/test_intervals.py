import math

import pytest
from scipy.stats import norm

from imbalearn_torch.errors import OptionError
from imbalearn_torch.metrics import wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 10), (3, 10), (50, 100), (100, 100), (997, 1000)])
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_closed_form(successes, trials, level):
    # Wilson 1927: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
    z, p = norm.ppf((1 + level) / 2), successes / trials
    centre, half = p + z**2 / (2 * trials), z * math.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    expected = ((centre - half) / scale, (centre + half) / scale)
    assert wilson(successes, trials, level) == pytest.approx(expected, abs=1e-9)


def test_stays_in_the_unit_interval():
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


def test_no_trials_no_interval():
    assert wilson(0, 0) is None


def test_default_level_is_95_percent():
    assert wilson(3, 10) == wilson(3, 10, 0.95)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2), "Expected `successes` in 0..2, but got 3"),
        ((-1, 2), "Expected `successes` in 0..2, but got -1"),
        ((1, 2, 1.0), r"Expected `level` in \(0, 1\), but got 1.0"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(OptionError, match=message):
        wilson(*arguments)
