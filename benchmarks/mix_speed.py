"""Mixup and CutMix with a share for each sample, beside torchvision's, with one for the batch, and timm's.

All from images already normalised and labels of ten classes to mixed images and mixed labels. `whole` begins with one
batch, and ours draws a permutation for the partners, as the training loop does, where torchvision shifts the batch by
one and timm reverses it; `mix` begins with the two batches that a mix of ours is given.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torchvision.transforms import v2

from benchmarks.harness import Paired, compared
from imbalearn_torch import Batch, Mixed, build
from imbalearn_torch.training.mixing import reordered

_CLASSES = 10
_METHODS = {"mixup": "mixup:alpha=1.0", "cutmix": "cutmix:alpha=1.0,prob=1.0"}
_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def measure(quick: bool) -> dict[str, Any]:
    """Our time by the peer's, by method, batch size, image size and memory format."""
    sizes = [(96, 32), (512, 32)] if quick else [(96, 32), (128, 32), (256, 32), (512, 32), (96, 224)]
    return {
        f"{method}_{batch}x{side}_{name}": _compare(method, batch, side, layout, 5 if quick else 15)
        for method in _METHODS
        for batch, side in sizes
        for name, layout in _FORMATS.items()
    }


def _compare(method: str, batch: int, side: int, layout: torch.memory_format, pairs: int) -> dict[str, Paired]:
    generator = torch.Generator().manual_seed(0)
    first, second = (_batch(batch, side, layout, generator) for _ in range(2))
    mix = build("mix", _METHODS[method], class_counts=torch.full((_CLASSES,), 100), epochs=1)

    def mixed() -> Mixed:
        return mix(first, second, generator)

    def whole() -> Mixed:
        order = torch.randperm(batch, generator=generator)
        return mix(first, Batch(reordered(first.images, order), first.targets[order]), generator)

    torchvision = {"mixup": v2.MixUp, "cutmix": v2.CutMix}[method](alpha=1.0, num_classes=_CLASSES)
    timm = {mode: _timm(method, mode) for mode in ("batch", "elem")}
    seconds = _in_turns(
        pairs,
        20 if side == 32 else 2,  # what a box costs depends on its size
        mixed,
        whole,
        lambda: torchvision(first.images, first.targets),
        # timm mixes in place, so it is given a copy, as whoever needs the images afterwards has to.
        lambda: timm["batch"](first.images.clone(), first.targets),
        lambda: timm["elem"](first.images.clone(), first.targets),
    )
    return {
        "mix_beside_torchvision": compared(seconds[0], seconds[2], at_most=1.0),
        "whole_beside_torchvision": compared(seconds[1], seconds[2], at_most=1.0),
        "whole_beside_timm_batch": compared(seconds[1], seconds[3], at_most=1.0),
        "whole_beside_timm_elem": compared(seconds[1], seconds[4], at_most=1.0),
    }


def _batch(size: int, side: int, layout: torch.memory_format, generator: torch.Generator) -> Batch:
    images = torch.randn(size, 3, side, side, generator=generator).contiguous(memory_format=layout)
    return Batch(images, torch.randint(0, _CLASSES, (size,), generator=generator))


def _timm(method: str, mode: str) -> Callable[[Tensor, Tensor], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from timm.data.mixup import Mixup
    alphas = (1.0, 0.0) if method == "mixup" else (0.0, 1.0)
    return Mixup(*alphas, mode=mode, label_smoothing=0.0, num_classes=_CLASSES)


def _in_turns(pairs: int, calls: int, *works: Callable[[], object]) -> list[list[float]]:
    """Seconds of `calls` calls of each, `pairs` times; every second time in the opposite order."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(-1, pairs):
        order = range(len(works)) if turn % 2 else reversed(range(len(works)))
        for which in order:
            started = time.perf_counter()
            for _ in range(calls):
                works[which]()
            if turn >= 0:  # the first turn is to warm up
                seconds[which].append((time.perf_counter() - started) / calls)
    return seconds
