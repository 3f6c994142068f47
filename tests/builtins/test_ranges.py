import math

import pytest

from imbalearn_builtins.ranges import check_non_negative, check_positive, check_unit
from imbalearn_torch import errors


def test_checks_return_what_they_accept() -> None:
    assert [check_non_negative("x", value) for value in (0.0, 0.5, 1e9)] == [0.0, 0.5, 1e9]
    assert [check_positive("x", value) for value in (1e-9, 3)] == [1e-9, 3]
    assert [check_unit("x", value) for value in (0, 0.5, 1.0)] == [0, 0.5, 1.0]


@pytest.mark.parametrize("value", [-1e-9, math.inf, -math.inf, math.nan])
def test_negative_and_infinite_values_are_refused(value: float) -> None:
    with pytest.raises(errors.OptionError, match=f"^Expected `tau` to be >= 0 and finite, but got {value}$"):
        check_non_negative("tau", value)
    with pytest.raises(errors.OptionError, match=f"^Expected `s` to be > 0 and finite, but got {value}$"):
        check_positive("s", value)


def test_0_is_not_positive() -> None:
    with pytest.raises(errors.OptionError, match="> 0 and finite, but got 0"):
        check_positive("s", 0.0)


@pytest.mark.parametrize("value", [-1e-9, 1.001, math.nan])
def test_what_is_no_share_is_refused(value: float) -> None:
    with pytest.raises(errors.OptionError, match=rf"^Expected `lam` to be in \[0, 1\], but got {value}$"):
        check_unit("lam", value)
