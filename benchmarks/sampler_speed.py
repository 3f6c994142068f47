"""Epoch plans beside what people draw them with: 10^7 indices of a balanced epoch, and 10^8 of every sampler.

`torch.multinomial` and what stands on it stop at 2^24 weights; ours are measured at 10^8, each in a process of its own:
seconds, and peak resident set minus that with imports and labels.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import WeightedRandomSampler

from benchmarks.harness import marked, paired, rated, versions
from imbalearn_torch import build, registry

_CLASSES, _EPOCHS, _EPOCH = 10, 10, 5
_IMAGES_PER_SECOND = 790  # of the bare step in bfloat16, the fastest seen on two cores
_SPECS = {"weighted": f"weighted:weights={list(range(1, _CLASSES + 1))}"}  # without, it is refused


def measure(quick: bool) -> dict[str, Any]:
    """Times faster than each peer, the cost of plans beside that of an epoch, and seconds and bytes of large plans."""
    peers = versions("torchsampler", "imbalanced-learn")
    size, pairs = (10**6, 3) if quick else (10**7, 7)
    targets = labels(size)
    ours = _built("balanced", targets)
    weights = (1.0 / torch.bincount(targets, minlength=_CLASSES).double())[targets.long()]
    generator = torch.Generator().manual_seed(0)

    def plan() -> Tensor:
        return ours.plan(_EPOCH, generator)

    listed = WeightedRandomSampler(weights, size, generator=generator)  # pyright: ignore[reportArgumentType]
    return {
        "versions": peers,
        "indices": size,
        "torch_weighted_random_sampler": paired(plan, lambda: list(listed), pairs, at_least=6),
        "torch_multinomial": paired(
            plan, lambda: torch.multinomial(weights, size, replacement=True, generator=generator), pairs, at_least=2
        ),
        "torchsampler": paired(plan, _torchsampler(targets), pairs, at_least=6),
        "imbalanced_learn": _over_sampled(plan, targets, 3),
        "share_of_epoch": _share_of_epoch(),
        "large": {name: _in_a_process(name, 10**7 if quick else 10**8) for name in _samplers()},
    }


def labels(size: int) -> Tensor:
    """Of ten classes, the largest 35 times the smallest, in random order: uint8 `[size]`."""
    generator = torch.Generator().manual_seed(0)
    found = torch.empty(size, dtype=torch.uint8)
    for part in found.split(1 << 20):  # so that the labels take no more memory than they have
        part.copy_(torch.rand(part.numel(), generator=generator).pow_(3.0).mul_(_CLASSES))
    return found


def large(name: str, size: int) -> dict[str, float]:
    """Seconds to make a sampler and its plan, and the megabytes that this process has grown by."""
    torch.set_num_threads(1)
    targets = labels(size)
    before = _memory("VmRSS")
    started = time.perf_counter()
    sampler = _built(name, targets)
    made = time.perf_counter()
    sampler.plan(_EPOCH, torch.Generator().manual_seed(0))
    return {
        "make_seconds": made - started,
        "plan_seconds": time.perf_counter() - made,
        "megabytes": (_memory("VmHWM") - before) / 2**20,
    }


def _built(name: str, targets: Tensor) -> Any:
    return build("sampler", _SPECS.get(name, name), targets=targets, num_classes=_CLASSES, epochs=_EPOCHS)


def _samplers() -> list[str]:
    return [entry.name for entry in registry(plugins=False).entries("sampler")]


def _torchsampler(targets: Tensor) -> Callable[[], object]:
    """One epoch of its sampler; making it, which sorts a table of pandas, is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its own metadata
        from torchsampler import ImbalancedDatasetSampler  # pyright: ignore[reportMissingImports]
    sampler = ImbalancedDatasetSampler(targets, labels=targets.tolist())
    return lambda: list(sampler)


def _over_sampled(plan: Callable[[], Tensor], targets: Tensor, pairs: int) -> Any:
    """Beside `RandomOverSampler` on a column of indices, per index: it repeats every class up to the largest one."""
    from imblearn.over_sampling import RandomOverSampler  # pyright: ignore[reportMissingImports]

    column, classes = torch.arange(len(targets)).unsqueeze(1).numpy(), targets.numpy()

    def over_sample() -> object:
        return RandomOverSampler(random_state=0).fit_resample(column, classes)

    drawn = _CLASSES * int(torch.bincount(targets).max())
    found = paired(plan, over_sample, pairs, at_least=1)
    return rated([ratio * len(targets) / drawn for ratio in found["ratios"]], at_least=1) | {
        "seconds": found["seconds"],
        "indices": {"ours": len(targets), "peer": drawn},
    }


def _share_of_epoch() -> dict[str, Any]:
    """What a plan of the 9,500-image study costs of an epoch, by sampler; the largest is held to the bound."""
    targets = torch.cat([torch.zeros(5000), torch.arange(1, _CLASSES).repeat_interleave(500)]).long()
    epoch = len(targets) / _IMAGES_PER_SECOND
    shares = {}
    for name in _samplers():
        sampler = _built(name, targets)
        seconds = []
        for seed in range(20):
            started = time.perf_counter()
            sampler.plan(_EPOCH, torch.Generator().manual_seed(seed))
            seconds.append(time.perf_counter() - started)
        shares[name] = sorted(seconds)[len(seconds) // 2] / epoch
    return {"by_sampler": shares, **marked(max(shares.values()), "share", at_most=0.01)}


def _in_a_process(name: str, size: int) -> dict[str, Any]:
    script = f"import json; from benchmarks.sampler_speed import large; print(json.dumps(large({name!r}, {size})))"
    done = subprocess.run([sys.executable, "-c", script], check=True, text=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    return {
        "indices": size,
        "make_seconds": found["make_seconds"],
        "seconds": marked(found["plan_seconds"] + found["make_seconds"], "s", at_most=40),
        "memory": marked(found["megabytes"], "MiB", at_most=3 * 1024),
    }


def _memory(field: str) -> int:
    """VmRSS or VmHWM of this process; what getrusage says of a child begins with the memory of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith(field))
