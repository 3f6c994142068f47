"""The methods of a comparison, checked: what each is called, what it does, and the runs it consists of. No torch."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.grid import Draft, Replicate
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.registry import Registry

__all__ = ["Method", "PlannedRun", "check_methods"]

# What a method is, is the same for every seed, and whatever it was called when it was asked for.
_NOT_THE_METHOD = {"seed", "subset_seed", "recipe", "checkpoint_minutes", "checkpoint_keep"}
_LONGEST = 60


@dataclass(frozen=True)
class PlannedRun:
    """One run of a method.

    Args:
        replicate: Its seeds.
        config: What to do, components in their full spelling.
        folder: Its name inside the folder of the comparison.
    """

    replicate: Replicate
    config: RunConfig
    folder: str


@dataclass(frozen=True)
class Method:
    """One row of the comparison.

    Args:
        name: What tells it from the others.
        resolved: As its first run is resolved.
        digest: Eight hexadecimal digits that belong to the method, whatever its name and its seeds.
        runs: One for each replicate.
    """

    name: str
    resolved: ResolvedRun
    digest: str
    runs: tuple[PlannedRun, ...]

    @property
    def config(self) -> dict[str, Any]:
        """What was asked for, as JSON holds it; without the seeds."""
        return _method_values(self.resolved.asked)

    @property
    def stem(self) -> str:
        """What the folders of its runs are called before the seed."""
        return self.runs[0].folder.removesuffix(f"-{self.runs[0].replicate}")


def check_methods(
    drafts: Sequence[Draft], replicates: Sequence[Replicate], known: Registry, stems: dict[str, str] | None = None
) -> tuple[Method, ...]:
    """Look everything up.

    Args:
        drafts: Of the grid.
        replicates: The seeds.
        known: Where components are looked up.
        stems: By digest, what the folders of a method have been called before.

    Raises:
        ConfigError: The problems of all methods together, each once; or two methods are the same.
    """
    problems: dict[str, None] = {}
    methods: list[Method] = []
    for draft in drafts:
        try:
            resolved = check_config(draft.values | replicates[0].values, known)
            methods.append(_method(draft, resolved, replicates, stems or {}))
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    problems |= dict.fromkeys(_twice(methods))
    if problems:
        raise ConfigError(list(problems))
    return tuple(methods)


def _method(draft: Draft, resolved: ResolvedRun, replicates: Sequence[Replicate], stems: dict[str, str]) -> Method:
    values = _method_values(resolved.asked)
    text = json.dumps(values, sort_keys=True, ensure_ascii=True)
    if '"object ' in text:  # the class of an object made in Python does not say what it does
        text = f"{draft.name}\n{text}"
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    stem = stems.get(digest) or f"{_slug(draft.name)}-{digest}"
    runs = tuple(PlannedRun(each, _with_seeds(resolved.asked, each), f"{stem}-{each}") for each in replicates)
    return Method(draft.name, resolved, digest, runs)


def _with_seeds(asked: RunConfig, replicate: Replicate) -> RunConfig:
    values: dict[str, Any] = {**dict(asked), **replicate.values}
    return RunConfig(**values)


def _method_values(asked: RunConfig) -> dict[str, Any]:
    return {name: value for name, value in asked.saved().items() if name not in _NOT_THE_METHOD}


def _slug(name: str) -> str:
    """A name as that of a folder: `loss=focal:gamma=2, mix=mixup` becomes `loss=focal_gamma=2+mix=mixup`."""
    plain = name.replace(", ", "+").replace(":", "_")
    return re.sub(r"[^A-Za-z0-9._=+,-]+", "-", plain)[:_LONGEST].strip("-. ") or "method"


def _twice(methods: Sequence[Method]) -> list[str]:
    """A method that is compared with itself would pass for a finding."""
    first: dict[str, str] = {}
    found = []
    for method in methods:
        other = first.setdefault(method.digest, method.name)
        if other != method.name:
            found.append(f"the methods {other!r} and {method.name!r} are the same with these options; leave one out")
    return found
