"""What each ingredient of the recipe `speedrun-step10` buys, on images that are in neither its training nor its test.

The task is thinned once more: 4,500 images of class 0 and 450 of each other class are trained on, and 500 others of
each class, from the training part of CIFAR-10, are what macro-F1 is measured on. One thread a run.
"""

from __future__ import annotations

import functools
import statistics
from pathlib import Path
from typing import Any

from benchmarks.harness import WORK, read_run, shared

_CLASSES, _HEAD, _TAIL, _HELD_OUT = 10, 4500, 450, 500
BASE: dict[str, Any] = {
    "loss": "balanced-softmax",
    "augment": "crop:pad=4+flip+cutout:size=8",
    "imbalance": "none",
    "val_fraction": 0.0,
    "epochs": 12,
    "threads": 1,
}
_SMALL_FIRST = "shrink:size=16,stop=0.28+shrink:size=24,stop=0.62"
LADDER: dict[str, dict[str, Any]] = {
    "none": {},
    "no cutout": {"augment": "crop:pad=4+flip"},
    "label smoothing": {"label_smoothing": 0.1},
    "small images first": {"augment": f"{BASE['augment']}+{_SMALL_FIRST}"},
    "early layers frozen last": {"freeze_early": 0.66},
    "all of them": {"augment": f"crop:pad=4+flip+{_SMALL_FIRST}", "label_smoothing": 0.1, "freeze_early": 0.66},
}


def measure(quick: bool) -> dict[str, Any]:
    """By change: macro-F1 of each seed, its mean, and the mean seconds of training."""
    return {
        "base": BASE,
        "changes": {name: trial(name, change, (0,) if quick else (0, 1), quick) for name, change in LADDER.items()},
    }


def trial(name: str, change: dict[str, Any], seeds: tuple[int, ...], quick: bool = False) -> dict[str, Any]:
    """Train with one change, or read what was trained before."""
    results = [
        _result(WORK / "speedrun-ladder" / f"{name.replace(' ', '-')}-{seed}", {**BASE, **change}, seed, quick)
        for seed in seeds
    ]
    scores = [result["metrics"]["test"]["macro_f1"] for result in results]
    seconds = [result["timing"]["train_seconds"] for result in results]
    return {"change": change, "macro_f1": scores, "mean": statistics.mean(scores), "seconds": statistics.mean(seconds)}


def _result(place: Path, options: dict[str, Any], seed: int, quick: bool) -> dict[str, Any]:
    import imbalearn_torch as ibt

    if (place / "manifest.json").is_file():
        return read_run(place)
    values: dict[str, Any] = options | ({"epochs": 1} if quick else {})
    config = ibt.RunConfig(data=_thinned(seed), seed=seed, **values)
    if (place / "config.toml").is_file():
        ibt.resume(place, config=config)
    else:
        ibt.run(config, out=place)
    return read_run(place)


@functools.cache
def _thinned(seed: int) -> Any:
    import torch

    import imbalearn_torch as ibt

    whole: Any = ibt.build("dataset", f"parquet:path={shared() / 'data' / 'cifar10'}", root=WORK, seed=0)
    draw, train, held_out = torch.Generator().manual_seed(seed), [], []
    for label in range(_CLASSES):
        mine = torch.nonzero(whole.train.targets == label).flatten()
        mine = mine[torch.randperm(len(mine), generator=draw)].tolist()
        held_out += mine[:_HELD_OUT]
        train += mine[_HELD_OUT:][: _TAIL if label else _HEAD]
    parts = [
        ibt.Samples(torch.stack([whole.train.inputs[row] for row in rows]), whole.train.targets[rows])
        for rows in (train, held_out)
    ]
    return ibt.Dataset(*parts, classes=whole.classes)
