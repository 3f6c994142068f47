"""What `quality-step10` was chosen by: two regularisers beside AutoAugment, on images in neither training nor test.

The split is that of `speedrun_ladder`; 30 epochs, one seed, one thread.
"""

from __future__ import annotations

from typing import Any

from benchmarks.speedrun_ladder import trial

_BASE: dict[str, Any] = {
    "augment": "crop:pad=4+flip+autoaugment+shrink:size=16,stop=0.28+shrink:size=24,stop=0.62",
    "weight_decay": 0.001,
    "epochs": 30,
}
CHOICES: dict[str, dict[str, Any]] = {
    "cutmix": {**_BASE, "mix": "cutmix:prob=0.5"},
    "label smoothing": {**_BASE, "label_smoothing": 0.1},
}


def measure(quick: bool) -> dict[str, Any]:
    """By choice: macro-F1 on the held-out images, and the seconds of training."""
    return {"choices": {name: trial(f"quality {name}", change, (0,), quick) for name, change in CHOICES.items()}}
