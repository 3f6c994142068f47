"""Bytes that are nearly a file, records that are nearly right, and how a reader of them is judged."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from imbalearn_torch.errors import ComponentError, ImbalearnError

__all__ = ["ANYTHING", "broken", "changed", "fuzz", "ours"]

# The examples follow from the test alone, so that a failure repeats; hypothesis looks for no simpler one for minutes.
_SAME = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}


Test = Callable[..., None]


def fuzz(few: int, many: int, **drawn: st.SearchStrategy[Any]) -> Callable[[Test], Test]:
    """Make a test of `few` examples, and of `many` another one beside it that only `-m long` runs.

    Stands above `parametrize`, whose cases both have.

    Args:
        few: Examples by default.
        many: Examples of `TEST_at_length`.
        drawn: Strategies, by argument of the test.
    """

    def decorate(test: Test) -> Test:
        name = f"{test.__name__}_at_length"
        longer = types.FunctionType(test.__code__, test.__globals__, name)
        longer.__kwdefaults__, longer.__annotations__ = test.__kwdefaults__, test.__annotations__
        longer.__dict__["pytestmark"] = list(getattr(test, "pytestmark", ()))
        marked = pytest.mark.long(settings(max_examples=many, **_SAME)(given(**drawn)(longer)))
        test.__globals__[name] = pytest.mark.timeout(1800)(marked)
        return settings(max_examples=few, **_SAME)(given(**drawn)(test))

    return decorate


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """Only our own errors come out, and none that blames a component for what a file holds."""
    try:
        yield
    except ComponentError as error:
        raise AssertionError(f"a component is blamed: {error}") from error
    except ImbalearnError as error:
        assert str(error).strip()


def broken(valid: bytes) -> st.SearchStrategy[bytes]:
    """A file with bytes flipped, cut off, left out, put in or repeated; or any bytes."""
    places = st.integers(0, max(0, len(valid) - 1))
    flips = st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8).map(
        lambda changes: _flipped(valid, changes)
    )
    cuts = places.map(lambda end: valid[:end])
    holes = st.tuples(places, st.integers(1, 64)).map(lambda hole: valid[: hole[0]] + valid[hole[0] + hole[1] :])
    inserts = st.tuples(places, st.binary(min_size=1, max_size=16)).map(
        lambda new: valid[: new[0]] + new[1] + valid[new[0] :]
    )
    return st.one_of(flips, cuts, holes, inserts, st.just(valid + valid), st.binary(max_size=200))


def _flipped(valid: bytes, changes: list[tuple[int, int]]) -> bytes:
    content = bytearray(valid)
    for place, value in changes:
        content[place : place + 1] = bytes([value])
    return bytes(content)


LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def changed(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """A record with one value, somewhere inside it, replaced by anything, left out or given another name."""
    if not isinstance(value, (dict, list)) or not value or draw(st.integers(0, 5)) == 0:
        return draw(ANYTHING)
    copied = dict(value) if isinstance(value, dict) else list(value)
    key = draw(st.sampled_from(sorted(copied) if isinstance(copied, dict) else range(len(copied))))
    if draw(st.integers(0, 5)) == 0:
        del copied[key]
    else:
        copied[key] = changed(copied[key], draw)
    return copied
