"""Peak memory of `imbalearn run` beyond that of a bare training loop with the same imports, both in fresh processes.

At most 1.5 times the uint8 data that the run uses, and 64 MB. Ten steps and all of the evaluation: the 9,500-image
task from Parquet files, and an .npz file of 200 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import marked, shared

__all__ = ["measure", "peak_of_run"]

_MEGABYTE = 2**20
# From /proc: what getrusage says of a child begins with the memory of whoever started it.
_PEAK = """
def peak():
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))
"""
_OURS = f"""
import json, sys
{_PEAK}
from imbalearn_torch.cli import main
out = sys.argv.pop(1)
try:
    main()
finally:
    with open(out, "w") as file:
        json.dump({{"peak": peak(), "modules": list(sys.modules)}}, file)
"""
_BARE = f"""
import contextlib, importlib, json, sys
{_PEAK}
out, found = sys.argv[1], json.load(open(sys.argv[2]))
for name in found["modules"]:
    with contextlib.suppress(BaseException):
        importlib.import_module(name)
import torch
from imbalearn_torch import build
torch.set_num_threads(found["threads"])
network = build("backbone", "resnet20", num_classes=10, in_channels=3, image_size=32, input_shape=(3, 32, 32))
network = network.to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
images = torch.randn(96, 3, 32, 32).to(memory_format=torch.channels_last)
targets = torch.arange(96) % 10
for _ in range(10):
    with torch.autocast("cpu", torch.bfloat16, enabled=found["precision"] == "bf16"):
        logits = network(images)
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(logits.float(), targets).backward()
    optimizer.step()
json.dump({{"peak": peak()}}, open(out, "w"))
"""


def measure(quick: bool) -> dict[str, Any]:
    """By source of the data: megabytes beyond the bare loop, and the bound."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "images.npz")
        _write_images(file, 4000 if quick else 60_000)
        measured = {"npz": _compare(Path(folder, "npz"), f"npz:path={file}")}
        if not quick:
            cifar = f"parquet:path={shared() / 'data' / 'cifar10'}"
            measured["parquet"] = _compare(Path(folder, "parquet"), cifar, "--imbalance", "step:ratio=10,head=1")
    return measured


def peak_of_run(folder: Path, *arguments: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The peak in bytes and the modules of `imbalearn run ARGUMENTS`, and its result.

    Args:
        folder: For the run and the notes of the processes; made if missing.
        arguments: Of the command, without `--out`.
    """
    folder.mkdir(exist_ok=True)
    found = _fresh(_OURS, folder / "ours.json", "run", *arguments, "--quiet", "--out", str(folder / "run"))
    return found, json.loads((folder / "run" / "result.json").read_text(encoding="utf-8"))


def _compare(folder: Path, data: str, *arguments: str) -> dict[str, Any]:
    steps = ("--sampler", "instance:epoch_size=960", "--batch-size", "96", "--epochs", "1", "--backbone", "resnet20")
    ours, result = peak_of_run(folder, "--data", data, *arguments, *steps)
    told = {"threads": result["config"]["threads"], "precision": result["config"]["precision"]}
    notes = folder / "modules.json"
    notes.write_text(json.dumps({**ours, **told}), encoding="utf-8")
    bare = _fresh(_BARE, folder / "bare.json", str(notes))
    images = sum(sum(result["data"][f"{part}_counts"]) for part in ("train", "val", "test"))
    size = images * 3 * 32 * 32 / _MEGABYTE
    beyond = (ours["peak"] - bare["peak"]) / _MEGABYTE
    return {
        "beyond": marked(round(beyond, 1), "MB beyond the bare loop", at_most=round(1.5 * size + 64, 1)),
        "peak_megabytes": round(ours["peak"] / _MEGABYTE, 1),
        "bare_megabytes": round(bare["peak"] / _MEGABYTE, 1),
        "data_megabytes": round(size, 1),
    }


def _write_images(file: Path, count: int) -> None:
    draw = np.random.default_rng(0)
    parts = {"train": count, "test": max(100, count // 12)}
    arrays: dict[str, Any] = {
        f"x_{part}": draw.integers(0, 256, (n, 3, 32, 32), dtype=np.uint8) for part, n in parts.items()
    }
    arrays |= {f"y_{part}": np.arange(n) % 10 for part, n in parts.items()}
    np.savez(file, **arrays)


def _fresh(code: str, out: Path, *arguments: str) -> dict[str, Any]:
    subprocess.run([sys.executable, "-c", code, str(out), *arguments], check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text(encoding="utf-8"))
