import pytest

from imbalearn_torch.reporting.compared_curves import compared_curves_svg
from imbalearn_torch.reporting.style import OKABE_ITO


def test_a_line_a_method_and_means_over_runs(history, lines, texts, title):
    other = [row | {"train_loss": row["train_loss"] + 2} for row in history]
    svg = compared_curves_svg({"ce": [history, other], "focal": [history]})
    assert {"ce", "focal", "training loss", "epoch"} <= set(texts(svg))
    assert title(svg) == (
        "Learning curves of 2 methods over 3 epochs, lines are means over seeds; the strip at the bottom is the "
        "learning rate."
    )
    # Means 3, 2.5, 2 against 2, 1.5, 1: two steps higher at every epoch (y grows downwards in SVG).
    ce, focal = (next(row for row in lines(svg, OKABE_ITO[index]) if len(row) == 3) for index in (0, 1))
    step = focal[1][1] - focal[0][1]
    assert all(low - high == pytest.approx(2 * step, abs=1e-3) for (_, high), (_, low) in zip(ce, focal, strict=True))


def test_without_validation_or_epochs(history, texts):
    bare = [{key: row[key] for key in ("epoch", "lr", "train_loss")} for row in history]
    assert "macro-F1" not in " ".join(texts(compared_curves_svg({"ce": [bare]})))
    assert texts(compared_curves_svg({"ce": [[]]})) == ["No epoch was trained, so there are no learning curves."]
