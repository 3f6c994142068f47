"""Every pair of components trains or is refused with a reason, as docs/compatibility.md says."""

import pytest

from benchmarks.compatibility import PAGE, PRECISIONS, axes, full_product, refusals, summary, survey, trains

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


@pytest.mark.long
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("sampler", axes()["sampler"])
@pytest.mark.parametrize("loss", axes()["loss"])
def test_the_full_product(precision: str, sampler: str, loss: str) -> None:
    refused = survey(precision).refused
    for row in full_product():
        if (row["sampler"], row["loss"]) == (sampler, loss):
            expected = any(pair <= set(row.items()) for pair in refused)
            reason = trains(row, precision)
            assert (reason is not None) == expected, (row, reason)
