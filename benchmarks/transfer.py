"""From CIFAR-10 weights to CIFAR-100: the head alone, norm and head, everything.

The public ResNet20 of CIFAR-10 (published error 8.27 %) is trained further on 100 images of each class of CIFAR-100,
five epochs, three seeds, one thread; the test set of 10,000 is read once. The learning rates were chosen on held-out
training images, a few tried for each way; the rest was fixed beforehand, and here nothing is held out. The frozen
network's features are computed once; its head is then trained on them as on any table, which gives what training it
behind the frozen network gives (a test compares the two).
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import RESULTS, WORK, finished_run, shared

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # what the checkpoint was trained with
_CLASSES, _FEATURES = 100, 64
_COMMON = {"batch_size": 128, "weight_decay": 1e-4, "schedule": "cosine:warmup=0.1", "precision": "fp32"}
_ARMS = {
    "head": {"freeze": "all-but-head", "optimizer": "sgd:lr=1.0", "augment": "none"},
    "norm and head": {
        "freeze": "all-but-head-and-norm",
        "optimizer": "sgd:lr=0.1,head_lr=1.0",
        "augment": "crop:pad=4+flip",
    },
    "everything": {"freeze": "none", "optimizer": "sgd:lr=0.05,head_lr=1.0", "augment": "crop:pad=4+flip"},
}


def measure(quick: bool) -> dict[str, Any]:
    """Accuracy of each way and seed; the table goes to `transfer.md`."""
    seeds, epochs, each = (1, 1, 5) if quick else (3, 5, 100)
    # One number of images for all classes: the tail is as large as the head.
    task = {**_COMMON, "imbalance": f"step:ratio=1,head=1,n_max={each}", "val_fraction": 0.0, "epochs": epochs}
    task |= {"tta": "none", "threads": 1}
    folder = WORK / f"transfer-{each}-{epochs}"
    features, seconds = _cached_features(folder / "features.npz", quick)
    measured: dict[str, Any] = {"feature_seconds": seconds, "images": _CLASSES * each, "epochs": epochs}
    for name, arm in _ARMS.items():
        results = []
        for seed in range(seeds):
            place = folder / f"{name.replace(' ', '-')}-{seed}"
            if name == "head":
                results.append(_head_alone(place, features, {**task, **_without_freeze(arm), "seed": seed}))
            else:
                results.append(_behind_the_network(place, {**task, **arm, "seed": seed}))
        measured[name] = _figures(results) | {"parameters": _trained(arm["freeze"]), **arm}
    if not quick:
        (RESULTS / "transfer.md").write_text(_table(measured), encoding="utf-8")
    return measured


def _backbone(freeze: str) -> str:
    weights = shared() / "weights" / "resnet20-cifar10-12fca82f.th"
    return f"resnet20:shortcut=pad,pretrained={weights},freeze={freeze}"


def _images() -> str:
    mean, std = (str(list(each)).replace(" ", "") for each in (_MEAN, _STD))
    return f"parquet:path={shared() / 'data' / 'cifar100'},mean={mean},std={std}"


def _without_freeze(arm: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in arm.items() if name != "freeze"}


def _built(freeze: str) -> Any:
    import warnings

    import imbalearn_torch as ibt

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="the head keeps its fresh initial weights")
        return ibt.build(
            "backbone",
            _backbone(freeze),
            num_classes=_CLASSES,
            in_channels=3,
            image_size=32,
            input_shape=(3, 32, 32),
        )


def _trained(freeze: str) -> int:
    return sum(parameter.numel() for parameter in _built(freeze).parameters() if parameter.requires_grad)


def features_of(backbone: Any, inputs: Any, mean: tuple[float, ...], std: tuple[float, ...]) -> Any:
    """The penultimate features, float32 `[N, D]`, of uint8 images in eval mode.

    Args:
        backbone: Has timm's protocol.
        inputs: `[i]` gives uint8 `[C, H, W]`, or a tensor `[N, C, H, W]`.
        mean: One number a channel on the 0..1 scale.
        std: As `mean`.
    """
    import torch

    shift, spread = (torch.tensor(each).view(1, -1, 1, 1) for each in (mean, std))
    backbone = backbone.eval().to(memory_format=torch.channels_last)
    found = []
    with torch.no_grad():
        for start in range(0, len(inputs), 500):
            rows = range(start, min(start + 500, len(inputs)))
            images = torch.stack([torch.as_tensor(inputs[row]) for row in rows]).float() / 255
            found.append(backbone.forward_head(backbone.forward_features((images - shift) / spread), pre_logits=True))
    return torch.cat(found)


def _cached_features(file: Path, quick: bool) -> tuple[Any, float]:
    """A data set of features, and the seconds they took; from `file` where it exists."""
    import numpy as np
    import torch

    import imbalearn_torch as ibt

    images: Any = ibt.build("dataset", _images(), root=file.parent, seed=0)
    limits = {"train": 2000, "test": 500} if quick else {"train": len(images.train.targets), "test": None}
    if not file.is_file():
        torch.set_num_threads(1)
        backbone, started = _built("all-but-head"), time.perf_counter()
        arrays = {
            part: features_of(backbone, _First(getattr(images, part).inputs, limit), _MEAN, _STD).numpy()
            for part, limit in limits.items()
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".part.npz")
        np.savez(partial, **arrays, seconds=time.perf_counter() - started)
        partial.rename(file)
    with np.load(file) as arrays:
        parts = {
            part: ibt.Samples(torch.from_numpy(arrays[part]), getattr(images, part).targets[: len(arrays[part])])
            for part in limits
        }
        seconds = float(arrays["seconds"])
    # Features are used as they are: a frozen network behind which the head is trained would not scale them either.
    return ibt.Dataset(**parts, classes=images.classes, mean=(0.0,) * _FEATURES, std=(1.0,) * _FEATURES), seconds


class _First:
    """The first images of many."""

    def __init__(self, inputs: Any, limit: int | None) -> None:
        self._inputs, self._length = inputs, len(inputs) if limit is None else limit

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, row: int) -> Any:
        return self._inputs[row]


def _head_alone(place: Path, features: Any, options: dict[str, Any]) -> dict[str, Any]:
    """A linear layer on the features; gone on with, or read, where it has been begun."""
    import torch

    import imbalearn_torch as ibt

    torch.manual_seed(options["seed"])
    config = ibt.RunConfig(data=features, backbone=torch.nn.Linear(_FEATURES, _CLASSES), **options)
    if (place / "config.toml").is_file():
        return ibt.resume(place, config=config).result
    return ibt.run(config, out=place).result


def _behind_the_network(place: Path, options: dict[str, Any]) -> dict[str, Any]:
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if name != "freeze"]
    return finished_run(place, "--data", _images(), "--backbone", _backbone(options["freeze"]), *words)


def _figures(results: list[dict[str, Any]]) -> dict[str, Any]:
    tests = [result["metrics"]["test"] for result in results]
    figures = {name: [each[name] for each in tests] for name in ("accuracy", "top5", "macro_f1")}
    return {
        **figures,
        "mean": {name: statistics.mean(values) for name, values in figures.items()},
        "interval": {name: _interval(values) for name, values in figures.items()},
        "train_seconds": [result["timing"]["train_seconds"] for result in results],
    }


def _interval(values: list[float]) -> list[float] | None:
    """95 % t-interval of the mean over seeds."""
    from scipy import stats

    if len(values) < 2:
        return None
    return list(stats.ttest_1samp(values, 0.0).confidence_interval(0.95))


def _table(measured: dict[str, Any]) -> str:
    lines = [
        "# From CIFAR-10 weights to CIFAR-100",
        "",
        f"Written by `python -m benchmarks transfer`: {measured['images']:,} training images, {measured['epochs']} "
        "epochs, three seeds (of subset, head and plan), one thread, test set of 10,000;",
        "mean and 95 % interval over the seeds. Seconds are those of one run's training (the median of three).",
        "",
        "| trained | parameters | accuracy | top-5 | macro-F1 | optimizer | augmentation | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in _ARMS:
        row = measured[name]
        shares = [_with_interval(row, figure) for figure in ("accuracy", "top5", "macro_f1")]
        seconds = f"{statistics.median(row['train_seconds']):.1f}"
        cells = [name, f"{row['parameters']:,}", *shares, f"`{row['optimizer']}`", f"`{row['augment']}`", seconds]
        lines.append(f"| {' | '.join(cells)} |")
    common = ", ".join(f"{name} {value}" for name, value in _COMMON.items())
    lines += [
        "",
        f"Everywhere: {common}. The head alone is trained on features computed once, without augmentation; these took "
        f"{measured['feature_seconds']:.0f} s for all 60,000 images.",
        "",
    ]
    return "\n".join(lines)


def _with_interval(row: dict[str, Any], figure: str) -> str:
    mean, interval = row["mean"][figure], row["interval"][figure]
    factor, unit, places = (1, "", 4) if figure == "macro_f1" else (100, " %", 1)
    low, high = (f"{factor * each:.{places}f}" for each in interval)
    return f"{factor * mean:.{places}f}{unit} ({low} to {high})"
