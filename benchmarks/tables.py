"""Tables of the committed measurements: in `results/README.md`, and the comparisons in the project's README.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.harness import RESULTS, ROOT
from benchmarks.names import NAMES

__all__ = ["BEGIN", "END", "FILES", "Row", "rows_of", "updated", "write"]

BEGIN, END = "<!-- written by `python -m benchmarks --table` -->", "<!-- end of what is written -->"
# What stands in the project's README, in this order; everything stands in results/README.md.
_TITLES = {
    "study_way": "an epoch of the 9,500-image study, times faster than its own way (PIL, DataLoader, float32)",
    "overhead": "an epoch over the bare forward, backward and step",
    "loop_peers": "the same epoch, times faster than",
    "sampler_speed": "sampler",
    "augment_speed": "augmentation",
    "mix_speed": "mix",
    "loss_peers": "loss",
    "stream": "images that are streamed",
    "startup": "`imbalearn --help` over `import click`",
    "first_step": "`imbalearn run` on digits until its first step",
    "memory": "memory of a run",
    "grid": "a grid of eight runs by two processes, times sooner than one after the other",
}
_MOST = 6  # figures of one measurement that are shown in the project's README
FILES = {ROOT / "README.md": tuple(_TITLES), RESULTS / "README.md": None}
_FIGURES = {"ratio": "<=", "value": "<=", "both": "<=", "mean": ">="}  # and the sense of a bound that does not say it


@dataclass(frozen=True)
class Row:
    """One figure with its bound.

    Args:
        name: Of the measurement.
        what: Which of its figures; "" where it has one.
        figure: With its unit.
        spread: From the lowest to the highest; "" where it was measured once.
        mark: The bound.
        met: Whether it is kept.
    """

    name: str
    what: str
    figure: str
    spread: str
    mark: str
    met: bool


def rows_of(name: str, measured: Mapping[str, Any]) -> list[Row]:
    """Every figure of a measurement that has a bound of its own, or one that stands around it."""
    return list(_rows(name, (), measured, None, None))


def _rows(
    name: str, path: tuple[str, ...], found: Mapping[str, Any], bound: float | None, sense: str | None
) -> Iterator[Row]:
    bound, sense = found.get("bound", bound), found.get("sense", sense)
    for key, default in _FIGURES.items():
        value = found.get(key)
        if bound is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        ratios = found.get("ratios") or []
        unit = found.get("unit", "")
        asked = sense or default
        yield Row(
            name,
            ", ".join(each.replace("_", " ") for each in path),
            f"{_number(value)} {unit}".rstrip(),
            f"{_number(min(ratios))} to {_number(max(ratios))}" if len(ratios) > 1 else "",
            f"{'≥' if asked == '>=' else '≤'} {_number(bound)}",
            value >= bound if asked == ">=" else value <= bound,
        )
        break
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from _rows(name, (*path, str(key)), value, bound, sense)


def _number(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) >= 0.1 else f"{value:.2g}"


def write() -> list[Path]:
    """Write both tables from what is committed; the files that have changed."""
    changed = []
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        new = updated(file)
        if new != text:
            file.write_text(new, encoding="utf-8")
            changed.append(file)
    return changed


def updated(file: Path) -> str:
    """What the file should hold.

    Raises:
        ValueError: It has not the two lines between which the table stands.
    """
    text = file.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"Expected {file.name} to hold the lines {BEGIN} and {END}")
    names = FILES[file]
    table = _everything() if names is None else _comparisons(names)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _committed(name: str) -> dict[str, Any]:
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _everything() -> str:
    lines = [
        "| command | figure | measured | lowest to highest | mark | kept | date |",
        "|---|---|---|---|---|---|---|",
    ]
    for file in sorted(RESULTS.glob("*.json")):
        measured = _committed(file.stem)
        command = f"[`{measured.get('command', file.stem)}`]({file.name})"
        rows = rows_of(file.stem, measured) or [Row(file.stem, "", "", "", "", True)]
        for row in rows:
            kept = ("yes" if row.met else "**no**") if row.mark else ""
            cells = (command, row.what, row.figure, row.spread, row.mark, kept, measured.get("date", ""))
            lines.append(f"| {' | '.join(cells)} |")
    missing = [name for name in NAMES if not (RESULTS / f"{name}.json").is_file()]
    return "\n".join([*lines, *(f"| `python -m benchmarks {name}` | not measured yet | | | | | |" for name in missing)])


def _comparisons(names: tuple[str, ...]) -> str:
    lines = ["| what | measured | lowest to highest | mark | kept |", f"|{5 * '---|'}"]
    for name in names:
        rows = rows_of(name, _committed(name))
        if len(rows) > _MOST:
            kept = sum(row.met for row in rows)
            shown = "yes" if kept == len(rows) else "**not all**"
            where = f"[{len(rows)} figures](benchmarks/results/README.md)"
            lines.append(f"| {_TITLES[name]}, {where} | {kept} of {len(rows)} keep their mark | | | {shown} |")
            continue
        for row in rows:
            what = f"{_TITLES[name]}: {row.what}" if row.what else _TITLES[name]
            lines.append(f"| {what} | {row.figure} | {row.spread} | {row.mark} | {'yes' if row.met else '**no**'} |")
    return "\n".join(lines)
