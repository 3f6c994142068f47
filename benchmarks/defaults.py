"""What each default buys: the 9,500-image CIFAR-10 task, one default changed at a time, judged on validation alone.

Three tenths of the training part are held out, since a tenth is 50 images of a rare class; 6 epochs, balanced softmax.
"""

from __future__ import annotations

from typing import Any

from benchmarks.harness import WORK, finished_run, shared

_CHANGES: dict[str, tuple[str, ...]] = {
    "default": (),
    "sgd-cosine": ("--optimizer", "sgd", "--schedule", "cosine"),
    "no-averaging": ("--ema", "0"),
    "no-cutout": ("--augment", "crop:pad=4+flip"),
}


def measure(quick: bool) -> dict[str, Any]:
    """Validation macro-F1 with each change."""
    epochs = 1 if quick else 6
    task = (
        *("--data", f"parquet:path={shared() / 'data' / 'cifar10'}", "--imbalance", "step:ratio=10,head=1"),
        *("--loss", "balanced-softmax", "--val-fraction", "0.3", "--epochs", str(epochs)),
    )
    measured = {}
    for name, change in _CHANGES.items():
        result = finished_run(WORK / f"defaults-{epochs}" / name, *task, *change)
        measured[name] = {"options": " ".join(change), "val_macro_f1": result["metrics"]["val"]["macro_f1"]}
    return {"changes": measured}
