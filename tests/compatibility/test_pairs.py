"""Every pair of components trains or is refused with a reason, as docs/compatibility.md says."""

from collections.abc import Container
from itertools import combinations

import pytest

from benchmarks.compatibility import (
    PAGE,
    PRECISIONS,
    axes,
    full_product,
    refusals,
    step_product,
    summary,
    survey,
    trains,
)

pytestmark = pytest.mark.timeout(1200)  # some two hundred small trainings


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_pair_trains_or_is_refused_as_the_page_says(precision: str) -> None:
    found, text = survey(precision), PAGE.read_text(encoding="utf-8")
    assert summary(precision, found) in text.splitlines()
    assert text.endswith(f"## Refused pairs\n\n{refusals(found)}")


def test_the_page_names_every_component() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, values in axes().items():
        assert f"- **{name}**: {', '.join(f'`{value}`' for value in values)}" in text.splitlines()


def holds(row: dict[str, str], precision: str, refused: Container[frozenset[tuple[str, str]]]) -> None:
    """A row trains, or holds a pair of which the page says that it is refused."""
    expected = any(frozenset(pair) in refused for pair in combinations(row.items(), 2))
    reason = trains(row, precision)
    assert (reason is not None) == expected, (row, reason)


@pytest.fixture(scope="module")
def refused() -> dict[frozenset[tuple[str, str]], str]:
    """The pairs that are refused; which ones does not depend on the precision, as the page's test says."""
    return survey("fp32").refused


@pytest.mark.long
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("sampler", axes()["sampler"])
def test_every_sampler_with_every_mix_and_every_loss(precision: str, sampler: str, refused) -> None:
    for row in step_product():
        if row["sampler"] == sampler:
            holds(row, precision, refused)


@pytest.mark.hours
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("sampler", axes()["sampler"])
@pytest.mark.parametrize("loss", axes()["loss"])
def test_the_full_product(precision: str, sampler: str, loss: str, refused) -> None:
    for row in full_product():
        if (row["sampler"], row["loss"]) == (sampler, loss):
            holds(row, precision, refused)
