import pytest

from imbalearn_torch.reporting import data_svg
from imbalearn_torch.reporting.style import OKABE_ITO

COUNTS, CLASSES = [10, 1000, 100], ["ant", "bee", "cat"]


def test_sentence_and_names(texts, title):
    # 370 draws of each: one of bee 0.4 times (370 / 1000), one of ant 37 times.
    svg = data_svg(COUNTS, {"drawn": [370, 370, 370]}, CLASSES, [10, 300, 95])
    assert [text for text in texts(svg) if text in CLASSES] == ["bee", "cat", "ant"]
    assert title(svg) == (
        "1,110 training images of 3 classes, from bee (1,000) to ant (10); the line is the drawn distribution, scaled "
        "to 1,110 draws; 405 different images were drawn; over the whole run an image was drawn on average: one of "
        "“bee” 0.4 times, one of “ant” 37.0 times."
    )
    assert {"training images", "different ones drawn", "drawn"} <= set(texts(svg))


def test_equal_draws_are_a_level_line(lines):
    curve = next(row for row in lines(data_svg(COUNTS, {"drawn": [7, 7, 7]}, CLASSES), OKABE_ITO[1]) if len(row) == 3)
    assert len({y for _, y in curve}) == 1


def test_the_distribution_of_the_data_follows_the_bars(lines):
    # Log axis: 1000, 100, 10 are equal steps, however often the data were gone through.
    svg = data_svg(COUNTS, {"drawn": [count * 5 for count in COUNTS]}, CLASSES)
    (_, first), (_, second), (_, third) = next(row for row in lines(svg, OKABE_ITO[1]) if len(row) == 3)
    assert first < second
    assert second - first == pytest.approx(third - second, abs=1e-3)


def test_a_line_a_method_and_nothing_for_a_run_without_draws(texts):
    svg = data_svg(COUNTS, {"ce": [1, 2, 3], "focal": [3, 2, 1], "untrained": [0, 0, 0]}, CLASSES)
    assert {"ce", "focal"} <= set(texts(svg))
    assert "untrained" not in texts(svg)
    assert "different ones drawn" not in texts(svg)


def test_same_input_same_bytes():
    first, second = (data_svg(COUNTS, {"drawn": [1, 0, 3]}, CLASSES, [1, 0, 3]) for _ in range(2))
    assert first == second
