"""Every figure of one run."""

from __future__ import annotations

from imbalearn_torch.reporting.confusion_figure import confusion_svg
from imbalearn_torch.reporting.curves import curves_svg
from imbalearn_torch.reporting.data_figure import data_svg
from imbalearn_torch.reporting.per_class import per_class_svg
from imbalearn_torch.reporting.record import BEFORE, FINAL, RunRecord
from imbalearn_torch.reporting.reliability import reliability_svg

__all__ = ["run_figures"]

_WORDS = {FINAL: "after adjustment", BEFORE: "before adjustment"}


def run_figures(record: RunRecord) -> dict[str, str]:
    """SVG documents by name: `data`, `curves`, `per_class`, `confusion` and, with test images, `reliability`.

    Args:
        record: The run.
    """
    data, classes, counts = record.result["data"], record.classes, record.train_counts
    recalls = record.recalls
    if len(recalls) > 1:
        recalls = {_WORDS[name]: row for name, row in recalls.items()}
    else:
        recalls = {str(record.result.get("name") or "run"): recalls[FINAL]}
    calibration = {_WORDS[name]: bins for name, bins in record.calibration.items()}
    figures = {
        # Of what it was trained on, which a sampler may have made: what was drawn is of that as well.
        "data": data_svg(data["train_counts"], {"drawn": data["drawn_counts"]}, classes, data.get("distinct_counts")),
        "curves": curves_svg(record.history),
        "per_class": per_class_svg(recalls, counts, classes),
        "confusion": confusion_svg(record.confusion, counts, classes),
    }
    return figures | ({"reliability": reliability_svg(calibration)} if calibration else {})
