"""From "torch is imported" to the end of the first training step of `imbalearn run`, and what is imported meanwhile.

Each in a fresh interpreter; the peer is a bare step of torch's SGD on one convolution, which has torch import its
compiler too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness import marked

__all__ = ["HEAVY", "first_step", "measure"]

HEAVY = ("timm", "torchvision", "sklearn", "scipy", "matplotlib", "pandas", "pyarrow", "PIL", "jinja2", "lightning")
_OURS = """
import contextlib, json, os, sys, time
import torch
started, before = time.perf_counter(), set(sys.modules)
from imbalearn_torch.cli import main, progress
from imbalearn_torch.experiments.observer import Observer

class Stop(Observer):
    def on_step(self, epoch, step, loss):
        found = {"seconds": time.perf_counter() - started, "modules": sorted(set(sys.modules) - before)}
        print(json.dumps(found), file=sys.__stdout__, flush=True)
        os._exit(0)

progress.watcher = lambda quiet: contextlib.nullcontext(Stop())
sys.argv[0] = "imbalearn"
main()
"""
_BARE = """
import json, time
import torch
started = time.perf_counter()
network = torch.nn.Conv2d(1, 8, 3)
optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
network(torch.randn(8, 1, 8, 8)).sum().backward()
optimizer.step()
print(json.dumps({"seconds": time.perf_counter() - started}))
"""


def measure(quick: bool) -> dict[str, Any]:
    """Seconds of `imbalearn run --data digits` at its defaults, and the heavy packages among its imports."""
    pairs = [(first_step("--data", "digits"), _fresh(_BARE)) for _ in range(2 if quick else 5)]
    modules = pairs[0][0]["modules"]
    return {
        "first_step": marked(statistics.median(ours["seconds"] for ours, _ in pairs), "s", at_most=3.0),
        "seconds": [ours["seconds"] for ours, _ in pairs],
        "bare_seconds": [bare["seconds"] for _, bare in pairs],
        "heavy": marked(len(_heavy(modules)), "heavy packages", at_most=0),
        "heavy_packages": _heavy(modules),
        "modules": len(modules),
    }


def first_step(*arguments: str) -> dict[str, Any]:
    """Seconds and the names of the modules imported after torch, of `imbalearn run ARGUMENTS`."""
    with tempfile.TemporaryDirectory() as folder:
        return _fresh(_OURS, "run", *arguments, "--out", str(Path(folder, "run")))


def _heavy(modules: list[str]) -> list[str]:
    return sorted(set(HEAVY) & set(modules))


def _fresh(code: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, text=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])
