"""What every measurement needs: what it ran on, where its result goes, and how a command of ours is run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypedDict

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
WORK = ROOT / "runs" / "benchmarks"
_READ: list[dict[str, Any]] = []


class Paired(TypedDict):
    """Ours beside a peer, as it stands in the JSON of a measurement, at any depth.

    `ratio` is the median of `ratios`, `low` and `high` are the smallest and the largest: of six pairs or more, an
    interval of at least 95 % for the median. `sense` says what `bound` asks of `ratio`. `seconds` are the medians.
    """

    ratio: float
    ratios: list[float]
    low: float
    high: float
    bound: float
    sense: Literal["<=", ">="]
    met: bool
    seconds: dict[str, float]


def compared(
    ours: list[float], peer: list[float], *, at_most: float | None = None, at_least: float | None = None
) -> Paired:
    """The ratios of seconds already measured, pair by pair.

    Args:
        ours: Seconds of ours.
        peer: Seconds of the peer, in the same order.
        at_most: Bound on ours / peer: how much more ours may cost.
        at_least: Bound on peer / ours: how many times faster ours has to be. One of the two is given.
    """
    if (at_most is None) == (at_least is None):
        raise ValueError("Expected at_most or at_least, one of them")
    pairs = zip(ours, peer, strict=True)
    ratios = [first / second if at_most is not None else second / first for first, second in pairs]
    return rated(ratios, at_most=at_most, at_least=at_least) | {
        "seconds": {"ours": statistics.median(ours), "peer": statistics.median(peer)}
    }


def rated(ratios: list[float], *, at_most: float | None = None, at_least: float | None = None) -> Any:
    """A `Paired` of ratios that are no ratios of seconds (images per second, bytes), without `seconds`."""
    ratio = statistics.median(ratios)
    bound = {"bound": at_most, "sense": "<="} if at_most is not None else {"bound": at_least, "sense": ">="}
    met = ratio <= at_most if at_most is not None else at_least is not None and ratio >= at_least
    return {"ratio": ratio, "ratios": ratios, "low": min(ratios), "high": max(ratios), **bound, "met": met}


def marked(value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None) -> dict[str, Any]:
    """A figure that is no ratio, beside its bound."""
    kept = rated([value], at_most=at_most, at_least=at_least)
    return {"value": value, "unit": unit, **{name: kept[name] for name in ("bound", "sense", "met")}}


def paired(
    ours: Callable[[], object],
    peer: Callable[[], object],
    pairs: int,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    warm: bool = True,
) -> Paired:
    """Time two works in alternating pairs, the other one first in every second pair.

    Args:
        ours: Our work.
        peer: The peer's, of the same result.
        pairs: How often.
        at_most: As for `compared`.
        at_least: As for `compared`.
        warm: Do each once before.
    """
    works = (ours, peer)
    if warm:
        for work in works:
            work()
    seconds: tuple[list[float], list[float]] = ([], [])
    for pair in range(pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            started = time.perf_counter()
            works[which]()
            seconds[which].append(time.perf_counter() - started)
    return compared(*seconds, at_most=at_most, at_least=at_least)


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

    from imbalearn_torch.data.memory import processor_cores
    from imbalearn_torch.experiments.environment import describe_environment

    environment = {**describe_environment(torch.device("cpu")), "cores": processor_cores()}
    return {"date": date.today().isoformat(), "environment": environment}


def versions(*distributions: str) -> dict[str, str]:
    """Of peers, which `header` does not know.

    Raises:
        SystemExit: One is not installed.
    """
    from importlib import metadata

    try:
        return {name: metadata.version(name) for name in distributions}
    except metadata.PackageNotFoundError as error:
        raise lacking(str(error.name)) from None


def lacking(package: str) -> SystemExit:
    """What to raise where a peer is not installed."""
    return SystemExit(f"this measurement needs {package}: pip install 'imbalearn-torch[bench]'")


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
    if not (folder / "manifest.json").is_file():
        if (folder / "config.toml").is_file():
            imbalearn("resume", str(folder), "--quiet")
        else:
            imbalearn("run", *arguments, "--out", str(folder), "--quiet")
    return read_run(folder)


def read_run(folder: Path) -> dict[str, Any]:
    """The result of a finished run, which `runs_read` will name."""
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    ended = date.fromtimestamp((folder / "manifest.json").stat().st_mtime).isoformat()
    _READ.append({"name": folder.name, "ended": ended, "environment": result["environment"]})
    return result


def runs_read() -> list[dict[str, Any]]:
    """When each run that was read since the last call had ended, and on what: it may have been kept from earlier."""
    read, _READ[:] = list(_READ), []
    return read
