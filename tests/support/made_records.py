"""Records of runs that nobody has trained, with any number of classes and any names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from imbalearn_torch.experiments.mistakes import worst_mistakes
from imbalearn_torch.metrics import score
from imbalearn_torch.metrics.calibration import log_softmax, reliability
from imbalearn_torch.metrics.confusion import count_pairs
from imbalearn_torch.reporting.record import BEFORE, FINAL, Mistakes, RunRecord

__all__ = ["KOREAN", "ODD", "made_record"]

KOREAN = [f"{('비행기', '자동차', '고양이', '개구리', '트럭')[label % 5]} {label // 5}" for label in range(100)]
ODD = [
    '<script>alert("x")</script>',
    "שלום",
    "a\"b'c & <b>",
    ("긴 이름 " * 40).strip(),
    "x" * 200,
    "$x^2$",
    "a\x00\u202eb",
    "1",
]
_TESTED = 6  # images of each class


def made_record(
    classes: Sequence[str],
    *,
    name: str = "made",
    seed: int = 0,
    shape: tuple[int, ...] | None = (3, 8, 8),
    validation: bool = True,
    adjusted: bool = False,
    warnings: Sequence[str] = (),
) -> RunRecord:
    """A run whose figures follow from random logits.

    Args:
        classes: Names, from the most frequent class to the rarest.
        name: Of the run.
        seed: Of the logits.
        shape: Of an image; None: tables.
        validation: Whether the curves have a validation part.
        adjusted: Whether the logits before adjustment were others.
        warnings: Of the run.
    """
    draw, k = np.random.default_rng(seed), len(classes)
    counts = [int(500 * 0.01 ** (label / (k - 1))) for label in range(k)]
    targets = np.repeat(np.arange(k), _TESTED)
    logits = draw.normal(size=(len(targets), k)) + 2 * np.eye(k)[targets]
    before = logits + 2 * np.eye(k)[0] if adjusted else logits
    scores = [
        score(torch.from_numpy(each), torch.from_numpy(targets), train_counts=torch.tensor(counts))
        for each in (logits, before)
    ]
    data = {"classes": list(classes), "train_counts": counts, "val_counts": [1] * k, "test_counts": [_TESTED] * k}
    data |= {"drawn_counts": [300] * k, "distinct_counts": [min(300, count) for count in counts]}
    result: dict[str, Any] = {
        "name": name,
        "command": "imbalearn run --config runs/made/config.toml",
        "config": {"seed": seed, "loss": "imbalearn-torch/ce:smoothing=0.0", "data": "imbalearn-torch/made"},
        "metrics": {"test": scores[0], "test_unadjusted": scores[1], "val": None},
        "selected_on_test": False,
        "data": data,
        "timing": {"total_seconds": 75.0, "train_seconds": 61.4, "images_per_second": 1234.4},
        "environment": {"python": "3.11"},
        "warnings": list(warnings),
    }
    bins = {
        label: reliability(np.exp(log_softmax(each).max(axis=1)), each.argmax(axis=1) == targets)
        for label, each in {FINAL: logits, **({BEFORE: before} if adjusted else {})}.items()
    }
    predictions = logits.argmax(axis=1)
    mistakes = None if shape is None else _mistakes(logits, targets, counts, shape, draw)
    return RunRecord(result, _history(validation), count_pairs(targets, predictions, k), bins, mistakes)


def _history(validation: bool) -> list[dict[str, float]]:
    rows = [{"epoch": epoch, "lr": 0.1 - epoch / 50, "train_loss": 2 / (1 + epoch)} for epoch in range(4)]
    held = {"val_loss": 1.5, "val_macro_f1": 0.5, "val_accuracy": 0.75}
    return [row | held for row in rows] if validation else rows


def _mistakes(
    logits: np.ndarray, targets: np.ndarray, counts: list[int], shape: tuple[int, ...], draw: np.random.Generator
) -> Mistakes:
    predictions, confidence = logits.argmax(axis=1), np.exp(log_softmax(logits).max(axis=1))
    rows = worst_mistakes(targets, predictions, confidence, np.array(counts))
    images = draw.integers(0, 256, (len(rows), *shape), dtype=np.uint8)
    return Mistakes(rows, targets[rows], predictions[rows], confidence[rows].astype(np.float32), images)
