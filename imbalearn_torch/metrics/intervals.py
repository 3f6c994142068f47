"""Confidence intervals of a proportion."""

from functools import lru_cache

from imbalearn_torch.errors import OptionError

__all__ = ["wilson"]


# Test sets are mostly balanced, so that a thousand classes ask for a few dozen different intervals.
@lru_cache(maxsize=65536)
def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float] | None:
    """Wilson's score interval of a proportion.

    Args:
        successes: How many of the trials succeeded, 0..trials.
        trials: How many there were; with 0 there is no interval.
        level: The confidence level, in (0, 1).

    Returns:
        The lower and the upper end, in [0, 1]; None for 0 trials.

    Raises:
        OptionError: An argument is out of range.

    References:
        [1] E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 1927

    >>> wilson(0, 0) is None
    True
    """
    if not 0 <= successes <= trials:
        raise OptionError(f"Expected `successes` in 0..{trials}, but got {successes}")
    if not 0 < level < 1:
        raise OptionError(f"Expected `level` in (0, 1), but got {level}")
    if trials == 0:
        return None
    from scipy.stats import binomtest

    low, high = binomtest(successes, trials).proportion_ci(confidence_level=level, method="wilson")
    return float(low), float(high)
