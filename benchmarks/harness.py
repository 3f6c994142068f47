"""What every measurement needs: what it ran on, where its result goes, and how a command of ours is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
WORK = ROOT / "runs" / "benchmarks"


def shared() -> Path:
    """The folder with real images and weights.

    Raises:
        SystemExit: It is missing.
    """
    folder = Path(os.environ.get("IMBALEARN_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        raise SystemExit("this measurement needs real images: set IMBALEARN_SHARED to their folder")
    return folder


def header() -> dict[str, Any]:
    """Date, hardware and versions."""
    import torch

    from imbalearn_torch.experiments.environment import describe_environment

    return {"date": date.today().isoformat(), "environment": describe_environment(torch.device("cpu"))}


def save(name: str, measured: dict[str, Any]) -> None:
    """Write `benchmarks/results/NAME.json`."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def imbalearn(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command; its progress goes to our stderr."""
    command = [str(Path(sys.executable).with_name("imbalearn")), *arguments]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE)


def finished_run(folder: Path, *arguments: str) -> dict[str, Any]:
    """The result of a run in `folder`: read if it is there, gone on with if it was cut short, else made."""
    result = folder / "result.json"
    if (folder / "manifest.json").is_file():
        return json.loads(result.read_text(encoding="utf-8"))
    if (folder / "config.toml").is_file():
        imbalearn("resume", str(folder), "--quiet")
    else:
        imbalearn("run", *arguments, "--out", str(folder), "--quiet")
    return json.loads(result.read_text(encoding="utf-8"))
