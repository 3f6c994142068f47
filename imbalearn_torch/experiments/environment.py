"""What a result was made with."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from imbalearn_torch import __version__

__all__ = ["describe_environment"]

_PACKAGES = ("torch", "torchvision", "timm", "scikit-learn", "numpy")


def describe_environment(device: torch.device) -> dict[str, str | int | None]:
    """Versions and hardware; no host name and no path."""
    described: dict[str, str | int | None] = {"imbalearn-torch": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            described[package] = version(package)
        except PackageNotFoundError:
            described[package] = None
    described |= {
        "platform": f"{sys.platform}-{platform.machine()}",
        "processor": _processor(),
        "accelerator": torch.cuda.get_device_name(device) if device.type == "cuda" else None,
        "threads": torch.get_num_threads(),
    }
    return described


def _processor() -> str:
    """The processor's model, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
