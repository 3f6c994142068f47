"""The public ResNet20 for CIFAR-10 (Yerlan Idelbayev, published error 8.27 %), read through our backbone and run."""

from __future__ import annotations

import shutil
from typing import Any

from benchmarks.harness import WORK, finished_run, shared


def measure(quick: bool) -> dict[str, Any]:
    """Test accuracy of the checkpoint without any training."""
    folder = WORK / "public-checkpoint"
    shutil.rmtree(folder, ignore_errors=True)
    weights = shared() / "weights" / "resnet20-cifar10-12fca82f.th"
    images = f"parquet:path={shared() / 'data' / 'cifar10'},mean=[.485,.456,.406],std=[.229,.224,.225]"
    arguments = ("--data", images, "--backbone", f"resnet20:shortcut=pad,pretrained={weights}", "--epochs", "0")
    thin = ("--imbalance", "step:ratio=1,head=1,n_max=100" if quick else "step:ratio=1,head=1,n_max=500")
    result = finished_run(folder, *arguments, *thin, "--tta", "none", "--precision", "fp32")
    return {"accuracy": result["metrics"]["test"]["accuracy"], "published_accuracy": 0.9173}
