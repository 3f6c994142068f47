"""How much memory is left, how many processors there are, and how to give memory back."""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

__all__ = ["available_memory", "processor_cores", "release_unused"]

_GROUP = Path("/sys/fs/cgroup")


def processor_cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_memory() -> int | None:
    """Bytes that can be allocated without swapping, within the limit of the control group; None: unknown."""
    limits = [limit for limit in (_system(), _control_group()) if limit is not None]
    return min(limits) if limits else None


def release_unused() -> None:
    """Give the system back what has been freed; the C library keeps it, in pieces too small for larger tensors."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)


def _system() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return None


def _control_group() -> int | None:
    try:
        limit = (_GROUP / "memory.max").read_text().strip()
        used = int((_GROUP / "memory.current").read_text())
        cached = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return None
    # The page cache counts as used, but the kernel gives it back before it refuses memory.
    return None if limit == "max" else max(0, int(limit) - used + int(cached.get("inactive_file", 0)))
