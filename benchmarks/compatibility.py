"""Which components go together: every pair of two kinds is trained, or refused with a reason before the first step.

A covering array holds all pairs in few runs. A pair that no run of the array has trained is tried once more with
plain parts in all other places: what is refused then is the pair's own fault.

`python -m benchmarks compatibility` also writes docs/compatibility.md.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import Any

from allpairspy import AllPairs
from torch import nn

from imbalearn_torch.conformance import TwoLayerNet, try_combination
from imbalearn_torch.plugin.registry import registry

__all__ = [
    "KIND_OF",
    "PAGE",
    "Survey",
    "axes",
    "full_product",
    "measure",
    "page",
    "refusals",
    "step_product",
    "summary",
    "survey",
    "trains",
]

PAGE = Path(__file__).parents[1] / "docs" / "compatibility.md"
KIND_OF = {
    "sampler": "sampler",
    "mix": "mix",
    "loss": "loss",
    "weights": "weights",
    "backbone": "backbone",
    "adjust": "adjuster",
}
PRECISIONS = ("fp32", "bf16")
STEP = ("sampler", "mix", "loss")
# How components with required options are tried, and those whose fitting takes a thousand steps by default.
OPTIONS = {
    "adjuster:crt": "steps=50",
    "adjuster:lws": "steps=50",
    "sampler:weighted": "weights=[1,2,3,4]",
    "backbone:timm": "model=test_efficientnet",
    "backbone:torchvision": "model=shufflenet_v2_x0_5",
}
# One of each family: the others are of the same blocks, deeper or wider.
DEEPER = {"resnet18-cifar", *(f"{family}{depth}" for family in ("resnet", "plainnet") for depth in (32, 44, 56, 110))}

Value = tuple[str, str]  # field of a run, name of a component
Row = dict[str, str]


def _without_protocol() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(1200, 8), nn.ReLU(), nn.Linear(8, 4))


# Objects, as anybody may give from Python.
OBJECTS = {"two-layer": TwoLayerNet, "two-layer without timm's protocol": _without_protocol}


def axes() -> dict[str, list[str]]:
    """By field of a run, the built-in components that are not deprecated; the plainest one first."""
    found = registry(plugins=False)
    names = {
        name: [
            entry.name for entry in found.entries(kind) if not entry.component.deprecated and entry.name not in DEEPER
        ]
        for name, kind in KIND_OF.items()
    }
    names["backbone"] = [*OBJECTS, *names["backbone"]]
    names["adjust"] = ["none", *names["adjust"]]
    return names


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as options of a run."""
    given: dict[str, Any] = {}
    for name, value in row.items():
        options = OPTIONS.get(f"{KIND_OF[name]}:{value}")
        given[name] = OBJECTS[value]() if value in OBJECTS else f"{value}:{options}" if options else value
    given["adjust"] = () if row["adjust"] == "none" else (given["adjust"],)
    return given


def _pairs(row: Row) -> Iterator[frozenset[Value]]:
    return (frozenset(pair) for pair in combinations(row.items(), 2))


@dataclass
class Survey:
    """What came of all pairs under one precision.

    Args:
        runs: Combinations tried.
        trained: Those that trained.
        refused: Pair -> why it cannot go together.
        pairs: All pairs.
    """

    runs: int = 0
    trained: int = 0
    refused: dict[frozenset[Value], str] = field(default_factory=dict)
    pairs: int = 0


def survey(precision: str) -> Survey:
    """Try every pair.

    Raises:
        ConformanceError: A combination broke after it had been accepted.
    """
    every = axes()
    plain = {name: values[0] for name, values in every.items()}
    wanted = {frozenset(((a, x), (b, y))) for a, b in combinations(every, 2) for x, y in product(every[a], every[b])}
    found, done = Survey(pairs=len(wanted)), set[frozenset[Value]]()
    rows = [dict(zip(every, values, strict=True)) for values in AllPairs(list(every.values()))]
    for row in rows:
        if _try(row, precision, found) is None:
            done.update(_pairs(row))
    for pair in sorted(wanted - done, key=sorted):
        reason = _try({**plain, **dict(pair)}, precision, found)
        if reason is not None:
            found.refused[pair] = reason
    return found


def full_product() -> Iterator[Row]:
    """Every combination of all components: hundreds of thousands."""
    every = axes()
    return (dict(zip(every, values, strict=True)) for values in product(*every.values()))


def step_product() -> Iterator[Row]:
    """Every sampler with every mix and every loss, which share each step; the other components by lot."""
    every, draw = axes(), random.Random(0)
    others = {name: values for name, values in every.items() if name not in STEP}
    for values in product(*(every[name] for name in STEP)):
        yield dict(zip(STEP, values, strict=True)) | {name: draw.choice(choices) for name, choices in others.items()}


def _try(row: Row, precision: str, found: Survey) -> str | None:
    reason = try_combination(_typed(row), precision=precision)
    found.runs += 1
    found.trained += reason is None
    return reason


def trains(row: Row, precision: str) -> str | None:
    """None where a row trains, else the reason of its refusal."""
    return _try(row, precision, Survey())


def summary(precision: str, found: Survey) -> str:
    """One line of the page's first table."""
    return f"| {precision} | {found.pairs} | {len(found.refused)} | {found.runs} | {found.trained} |"


def refusals(found: Survey) -> str:
    """The page's last section."""
    if not found.refused:
        return "None: every pair trains.\n"
    rows = [f"| {_named(pair)} | {reason.replace('|', ' ')} |" for pair, reason in found.refused.items()]
    return "\n".join(["All other pairs train.", "", "| pair | reason |", "|---|---|", *rows, ""])


def page(surveys: Mapping[str, Survey]) -> str:
    """The page, in Markdown.

    Raises:
        ValueError: The precisions differ in what they refuse, for which the page has no place.
    """
    first = next(iter(surveys.values()))
    if any(each.refused != first.refused for each in surveys.values()):
        raise ValueError("the precisions differ in what they refuse")
    lines = [
        "# What goes with what",
        "",
        "Generated by `python -m benchmarks compatibility`; a test repeats it. Every pair of two built-in components",
        "of different kinds is trained for two epochs on a few images, under each precision, or refused before the",
        "first step with a reason. Of a family of backbones one stands for all.",
        "",
        "| precision | pairs | refused | runs | of which trained |",
        "|---|---|---|---|---|",
        *(summary(name, each) for name, each in surveys.items()),
        "",
        "## Components",
        "",
        *(f"- **{name}**: {', '.join(f'`{value}`' for value in values)}" for name, values in axes().items()),
        "",
        "## Refused pairs",
        "",
        refusals(first),
    ]
    return "\n".join(lines)


def _named(pair: Iterable[Value]) -> str:
    return " with ".join(f"{name} `{value}`" for name, value in sorted(pair))


def measure(quick: bool) -> dict[str, Any]:
    """Try everything and, unless quick, write the page."""
    surveys = {precision: survey(precision) for precision in PRECISIONS[: 1 if quick else None]}
    if not quick:
        PAGE.write_text(page(surveys), encoding="utf-8")
    return {
        name: {"pairs": each.pairs, "refused": len(each.refused), "runs": each.runs} for name, each in surveys.items()
    }
