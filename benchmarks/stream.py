"""Images per second of the streaming loader beside timm's on the same files with the same number of workers.

20,000 generated JPEG pictures of 224 pixels: decode, mirror half of them, make batches of 64, normalise. No network
takes part. timm's way is its fastest on a CPU: PIL in the workers, uint8 batches, normalised by its prefetcher.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.harness import WORK, rated
from imbalearn_torch import build
from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.memory import processor_cores
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.stream import StreamLoader
from imbalearn_torch.streams import generator

_SIDE, _BATCH, _CLASSES = 224, 64, 10
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def measure(quick: bool) -> dict[str, Any]:
    """The ratio of images per second, ours by timm's, median of five alternating pairs."""
    count, pairs, workers = (400, 3, 2) if quick else (20_000, 5, max(2, processor_cores()))
    folder = pictures(WORK / "stream" / str(count), count)
    works = {"ours": _ours(folder, workers), "timm": _timm(folder, workers)}
    rates: dict[str, list[float]] = {name: [] for name in works}
    for name, work in works.items():
        _rate(work)  # starts the workers, and fills the page cache
        rates[name].clear()
    for pair in range(pairs):
        for name in sorted(works, reverse=pair % 2 == 1):
            rates[name].append(_rate(works[name]))
    ratios = [ours / peer for ours, peer in zip(rates["ours"], rates["timm"], strict=True)]
    return {
        **rated(ratios, at_least=0.95),
        "images_per_second": rates,
        "images": count,
        "workers": workers,
        "batch_size": _BATCH,
    }


def _rate(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    return work() / (time.perf_counter() - started)


def _ours(folder: Path, workers: int) -> Callable[[], int]:
    data = build("dataset", f"folder:path={folder},size={_SIDE}")
    size = data.train.targets.numel()
    loader = StreamLoader(
        Rows(data.train.inputs, torch.arange(size), (3, _SIDE, _SIDE)),
        data.train.targets,
        workers=workers,
        mean=_MEAN,
        std=_STD,
        augment=Augment(AUGMENTATIONS.resolve_chain("flip"), (0, 0, 0)),
        device=torch.device("cpu"),
    )
    epochs = iter(range(10**9))

    def epoch() -> int:
        number = next(epochs)
        plan = torch.randperm(size, generator=generator(0, "plan", number))[: size // _BATCH * _BATCH].view(-1, _BATCH)
        loader.follow([plan], 0)
        seen = 0
        for step, indices in enumerate(plan):
            draws = loader.draw(_BATCH, generator(0, "augment", number, step))
            seen += len(loader.batch(indices, draws).images)
        return seen

    return epoch


def _timm(folder: Path, workers: int) -> Callable[[], int]:
    from timm.data import ImageDataset, create_loader

    loader = create_loader(
        ImageDataset(str(folder)),
        input_size=(3, _SIDE, _SIDE),
        batch_size=_BATCH,
        is_training=True,
        scale=(1.0, 1.0),
        ratio=(1.0, 1.0),
        hflip=0.5,
        color_jitter=None,
        interpolation="bilinear",
        mean=_MEAN,
        std=_STD,
        num_workers=workers,
        device=torch.device("cpu"),
        persistent_workers=True,
    )
    return lambda: sum(len(images) for images, _ in loader)


def pictures(folder: Path, count: int) -> Path:
    """Generated once: `count` JPEG files in ten class folders, the same bytes every time."""
    if not (folder / "done").exists():
        for label in range(_CLASSES):
            (folder / f"class{label}").mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor() as pool:
            for _ in pool.map(partial(_write, folder), range(count), chunksize=200):
                pass
        (folder / "done").touch()
    return folder


def _write(folder: Path, number: int) -> None:
    """Soft shapes of many scales and some grain, as photographs have: about 20 KB."""
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng(number)
    total = np.zeros((_SIDE, _SIDE, 3))
    for cells in (3, 7, 20, 56):
        coarse = Image.fromarray(draw.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        total += np.asarray(coarse.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC), dtype=float) / np.sqrt(cells)
    total += draw.normal(0, 4, total.shape)
    scaled = (total - total.min()) / np.ptp(total) * 255
    stream = io.BytesIO()
    Image.fromarray(scaled.astype(np.uint8)).save(stream, "jpeg", quality=90)
    (folder / f"class{number % _CLASSES}" / f"{number:05d}.jpg").write_bytes(stream.getvalue())
