"""Start-up: `imbalearn --help` beside `python -c "import click"`, alternating."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.harness import paired


def measure(quick: bool) -> dict[str, Any]:
    """The ratio of wall-clock times, median of alternating pairs."""
    ours = [str(Path(sys.executable).with_name("imbalearn")), "--help"]
    peer = [sys.executable, "-c", "import click"]
    return {**paired(lambda: _done(ours), lambda: _done(peer), 5 if quick else 15, at_most=6)}


def _done(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
