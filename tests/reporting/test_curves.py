import pytest

from imbalearn_torch.reporting import curves_svg
from imbalearn_torch.reporting.style import INK, OKABE_ITO


def test_labels_and_sentence(history, texts, title):
    svg = curves_svg(history)
    written = texts(svg)
    for label in ("training loss", "validation loss", "validation macro-F1", "validation accuracy", "epoch"):
        assert written.count(label) == 1
    losses = "the training loss went from 2.000 to 1.000, the validation loss ended at 1.125"
    rest = "the validation macro-F1 ended at 0.625; the strip at the bottom is the learning rate."
    assert title(svg) == f"Learning curves over 3 epochs: {losses}, {rest}"


def test_curves_follow_the_history(history, lines):
    # Losses 2, 1.5, 1 over epochs 0, 1, 2: a straight line that falls (y grows downwards in SVG).
    curve = next(stroke for stroke in lines(curves_svg(history), OKABE_ITO[0]) if len(stroke) == 3)
    (x0, y0), (x1, y1), (x2, y2) = curve
    assert x1 - x0 == pytest.approx(x2 - x1, abs=1e-3)
    assert y1 - y0 == pytest.approx(y2 - y1, abs=1e-3)
    assert y0 < y1


def test_learning_rate_shares_the_epochs(history, lines):
    svg = curves_svg(history)
    loss = next(stroke for stroke in lines(svg, OKABE_ITO[0]) if len(stroke) == 3)
    rate = next(stroke for stroke in lines(svg, INK) if len(stroke) == 3)
    assert [x for x, _ in rate] == [x for x, _ in loss]
    assert rate[0][1] == rate[1][1] < rate[2][1]
    assert rate[0][1] > max(y for _, y in loss)  # below


@pytest.mark.parametrize("missing", ["absent", "none"])
def test_without_validation(history, missing, texts, title):
    for row in history:
        for key in [key for key in row if key.startswith("val_")]:
            if missing == "none":
                row[key] = None
            else:
                del row[key]
    svg = curves_svg(history)
    assert not [text for text in texts(svg) if "validation" in text]
    assert "score" not in texts(svg)
    assert "validation" not in title(svg)


def test_validation_of_some_epochs_is_one_line(history, lines):
    history[1]["val_loss"] = None
    assert 2 in [len(stroke) for stroke in lines(curves_svg(history), OKABE_ITO[1])]


def test_no_epochs(texts, title):
    svg = curves_svg([])
    assert texts(svg) == ["No epoch was trained, so there are no learning curves."]
    assert title(svg) == texts(svg)[0]


def test_one_epoch(history, texts, title):
    svg = curves_svg(history[:1])
    assert "0" in texts(svg)
    assert title(svg).startswith("Learning curves over 1 epoch:")


def test_same_history_same_bytes(history):
    assert curves_svg(history) == curves_svg([dict(row) for row in history])
