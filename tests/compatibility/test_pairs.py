"""Every pair of components trains or is refused with a reason, as docs/compatibility.md says."""

import pytest

from benchmarks.compatibility import PAGE, PRECISIONS, Survey, axes, full_product, page, survey, trains


@pytest.fixture(scope="module")
def surveys() -> dict[str, Survey]:
    return {precision: survey(precision) for precision in PRECISIONS}


def test_every_pair_trains_or_is_refused_as_the_page_says(surveys: dict[str, Survey]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(surveys)


def test_a_single_component_is_never_refused_by_everything(surveys: dict[str, Survey]) -> None:
    for found in surveys.values():
        for name, values in axes().items():
            partners = found.pairs and sum(len(each) for other, each in axes().items() if other != name)
            for value in values:
                assert sum((name, value) in pair for pair in found.refused) < partners, (name, value)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("sampler", axes()["sampler"])
@pytest.mark.parametrize("loss", axes()["loss"])
def test_the_full_product(precision: str, sampler: str, loss: str, surveys: dict[str, Survey]) -> None:
    refused = surveys[precision].refused
    for row in full_product():
        if (row["sampler"], row["loss"]) == (sampler, loss):
            expected = any(pair <= set(row.items()) for pair in refused)
            reason = trains(row, precision)
            assert (reason is not None) == expected, (row, reason)
