import numpy as np
import pytest

from imbalearn_torch.metrics.calibration import expected_calibration_error, reliability
from imbalearn_torch.reporting import reliability_svg
from imbalearn_torch.reporting.style import OKABE_ITO

SURE = np.array([0.9, 0.9, 0.5, 0.5])
RIGHT = np.array([True, False, True, True])


def test_bins_by_hand():
    bins = reliability(SURE, RIGHT, bins=10)
    assert bins.counts.tolist() == [0, 0, 0, 0, 2, 0, 0, 0, 2, 0]  # (0.4, 0.5] and (0.8, 0.9]
    assert bins.accuracy[[4, 8]].tolist() == [1, 0.5]
    assert bins.confidence[[4, 8]].tolist() == [0.5, 0.9]
    assert np.isnan(bins.accuracy[0])


def test_bins_are_those_of_the_calibration_error():
    draw = np.random.default_rng(0)
    sure, right = draw.uniform(size=500), draw.uniform(size=500) < 0.5
    bins = reliability(sure, right)
    gap = np.nansum(bins.counts * np.abs(bins.accuracy - bins.confidence)) / 500
    assert gap == pytest.approx(expected_calibration_error(sure, right))


def test_sentence_and_line(title, lines, texts):
    svg = reliability_svg({"ce": reliability(SURE, RIGHT)})
    assert title(svg).replace("\N{NO-BREAK SPACE}", " ") == (
        "Reliability over 4 test predictions: mean confidence 70.0 %, accuracy 75.0 %; on the dotted diagonal a "
        "predictor is as often right as it is sure."
    )
    (x0, y0), (x1, y1) = next(row for row in lines(svg, OKABE_ITO[0]) if len(row) == 2)
    assert x0 < x1
    assert y0 < y1  # from 100 % down to 50 %
    assert "ce" not in texts(svg)


def test_a_line_a_predictor(texts, title):
    bins = reliability(SURE, RIGHT)
    svg = reliability_svg({"after": bins, "<before>": bins})
    assert {"after", "<before>"} <= set(texts(svg))
    assert title(svg).count("accuracy 75.0") == 2
