"""Start-up: `imbalearn --help` beside `python -c "import click"`, alternating; and what it imports."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def measure(quick: bool) -> dict[str, Any]:
    """The ratio of wall-clock times, median of alternating pairs."""
    ours = [str(Path(sys.executable).with_name("imbalearn")), "--help"]
    peer = [sys.executable, "-c", "import click"]
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(5 if quick else 15)]
    ratios = [first / second for first, second in pairs]
    return {
        "help_seconds": statistics.median(first for first, _ in pairs),
        "click_seconds": statistics.median(second for _, second in pairs),
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "bound": 6,
    }


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
