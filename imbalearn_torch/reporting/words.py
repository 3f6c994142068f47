"""Figures of a `result.json` in words: the same ones for the terminal and for the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.labels import counted, isolated

__all__ = [
    "FIGURES",
    "PROTOCOL",
    "class_name",
    "decimal",
    "duration",
    "group_rows",
    "interval",
    "metric_columns",
    "percent",
    "plain",
    "time_taken",
    "verdict",
    "worst_class",
]

MISSING = "–"
# Options that are no method, but move figures as much as one.
PROTOCOL = (
    "backbone",
    "augment",
    "optimizer",
    "lr",
    "weight_decay",
    "schedule",
    "epochs",
    "batch_size",
    "label_smoothing",
    "freeze_early",
    "ema",
    "clip",
    "tta",
    "select",
    "precision",
)


def percent(value: float | None) -> str:
    """A share as per cent with one decimal."""
    return MISSING if value is None else f"{100 * value:.1f} %"


def decimal(value: float | None) -> str:
    """A figure with four decimals, as the field prints them."""
    return MISSING if value is None else f"{value:.4f}"


def duration(seconds: float | None) -> str:
    """Seconds as the two largest of hours, minutes and seconds."""
    if seconds is None:
        return MISSING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def interval(low: float | None, high: float | None) -> str:
    """Two shares as per cent."""
    return MISSING if low is None or high is None else f"{100 * low:.1f} to {percent(high)}"


def plain(value: Any) -> str:
    """A setting: text as it is, None as options spell it, everything else as JSON."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


# What the tables show of a dictionary made by `metrics.score`, in this order; the terminal shows the first three.
FIGURES = (
    ("accuracy", "accuracy", percent),
    ("balanced_accuracy", "balanced accuracy", percent),
    ("macro_f1", "macro-F1", decimal),
    ("worst_class_recall", "recall of the worst class", percent),
    ("gmean", "G-mean", decimal),
    ("mcc", "MCC", decimal),
    ("top5", "top-5 accuracy", percent),
    ("macro_auprc", "macro AUPRC", decimal),
    ("macro_auroc", "macro AUROC", decimal),
    ("log_loss", "log-loss", decimal),
    ("ece", "calibration error (ECE)", decimal),
    ("classes_covered", "classes behind the means", plain),
)
_GROUPS = {"many": "many-shot", "medium": "medium-shot", "few": "few-shot"}


def class_name(classes: Sequence[str], label: int) -> str:
    """The name of a class, its index where it has none."""
    return str(classes[label]) if label < len(classes) else str(label)


def worst_class(metrics: Mapping[str, Any], classes: Sequence[str]) -> tuple[str, float] | None:
    """Name and recall of the class with the smallest recall, the first of equal ones; None where no class has any."""
    rows = [(row["recall"], row["class"]) for row in metrics.get("per_class", ()) if row["recall"] is not None]
    if not rows:
        return None
    recall, label = min(rows)
    return class_name(classes, label), recall


def verdict(result: Mapping[str, Any]) -> str:
    """What has come of a run, in plain words: how many images are right, the mean over classes, the worst class."""
    metrics = result.get("metrics") or {}
    test, before = metrics.get("test") or {}, metrics.get("test_unadjusted") or {}
    worst = worst_class(test, (result.get("data") or {}).get("classes") or ())
    if worst is None:
        return "No test image has been scored."
    images = sum(row["test_count"] for row in test["per_class"])
    said = [
        f"{percent(test['accuracy'])} of {counted(images, 'test image')} are recognised, macro-F1 is "
        f"{decimal(test['macro_f1'])}, and the worst class, “{isolated(worst[0])}”, is recognised in "
        f"{percent(worst[1])} of its images."
    ]
    known = [(label, group["recall"]) for label, group in _groups(test) if group["recall"] is not None]
    if len(known) > 1:
        (frequent, high), (rare, low) = known[0], known[-1]
        said.append(f"Mean recall is {percent(high)} over {frequent} and {percent(low)} over {rare} classes.")
    if before.get("macro_f1") not in (None, test["macro_f1"]):
        said.append(f"Before adjustment macro-F1 was {decimal(before['macro_f1'])}.")
    if result.get("selected_on_test"):
        said.append("The weights were selected on these test images, so the figures are too high.")
    return " ".join(said)


def time_taken(timing: Mapping[str, Any]) -> str | None:
    """One line: how long the run took and how fast it was; None where nobody has looked at the clock."""
    if timing.get("total_seconds") is None:
        return None
    parts = [f"The run took {duration(timing['total_seconds'])}"]
    if timing.get("train_seconds") is not None:
        parts.append(f"{duration(timing['train_seconds'])} of it training")
    if timing.get("images_per_second") is not None:
        parts.append(f"at {timing['images_per_second']:,.0f} images a second")
    return ", ".join(parts) + "."


def metric_columns(result: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The scored parts that a table has columns for, by heading: test, before adjustment, validation."""
    metrics = result.get("metrics") or {}
    columns: dict[str, Mapping[str, Any]] = {"test": metrics.get("test") or {}}
    if metrics.get("test_unadjusted") not in (None, metrics.get("test")):
        columns["test, before adjustment"] = metrics["test_unadjusted"]
    if metrics.get("val"):
        columns["validation"] = metrics["val"]
    return columns


def group_rows(columns: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """A row for each group that has classes: its label, and for each column its mean recall."""
    rows = []
    test = next(iter(columns.values())).get("groups") or {}
    for name, label in _GROUPS.items():
        size = test.get(name, {}).get("classes", 0)
        if size:
            recalls = [metrics.get("groups", {}).get(name, {}).get("recall") for metrics in columns.values()]
            rows.append((f"recall, {label} ({counted(size, 'class')})", [percent(value) for value in recalls]))
    return rows


def _groups(metrics: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Groups of classes by training images, the most frequent first."""
    groups = metrics.get("groups") or {}
    return [(label, groups[name]) for name, label in _GROUPS.items() if name in groups]
