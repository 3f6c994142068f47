"""Compare methods over seeds: every run in a folder of its own, then one leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import ConfigError, ImbalearnError, OptionError
from imbalearn_torch.experiments.comparison_folder import ComparisonFolder
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.folder import default_folder
from imbalearn_torch.experiments.grid import Draft, Replicate, expand, names_of, replicates, seeds_of
from imbalearn_torch.experiments.methods import Method, check_methods
from imbalearn_torch.experiments.pool import Pool
from imbalearn_torch.experiments.problems import Problems
from imbalearn_torch.experiments.run_states import RunState, state_of
from imbalearn_torch.plugin.registry import Registry, registry

__all__ = ["Comparison", "Plan", "compare", "plan_comparison"]


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Args:
        folder: With a run folder for each method and seed, leaderboard.json, leaderboard.csv and leaderboard.html.
        record: What leaderboard.json holds.
        exit_code: 0; otherwise that of the runs that failed for another reason than a loss that is not finite, or 3
            where no run is left.
    """

    folder: Path
    record: dict[str, Any]
    exit_code: int = 0

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row a method, in the order given; the first is the reference."""
        return self.record["rows"]

    @property
    def warnings(self) -> list[str]:
        """What weakens the comparison."""
        return self.record["warnings"]


@dataclass(frozen=True)
class Plan:
    """A comparison whose every option has been checked, as far as that needs no torch.

    Args:
        methods: In order; the first is the reference.
        replicates: The seeds.
        folder: Not yet made.
        states: How far each run has come, by its folder.
        pool: Where runs are done.
        known: Where components are looked up.
    """

    methods: tuple[Method, ...]
    replicates: tuple[Replicate, ...]
    folder: ComparisonFolder
    states: Mapping[Path, RunState]
    pool: Pool
    known: Registry

    def path(self, name: str) -> Path:
        """Where the run of that name is."""
        return self.folder.path / name


def plan_comparison(
    drafts: Sequence[Draft],
    *,
    seeds: str | int | Sequence[int],
    subset_seeds: Sequence[int] = (),
    pool: Mapping[str, Any],
    out: Path | None,
    known: Registry,
    problems: Problems | None = None,
) -> Plan:
    """Check everything that can be checked before torch is imported.

    Args:
        drafts: The methods.
        seeds: As for `compare`.
        subset_seeds: As for `compare`.
        pool: What `Pool` takes.
        out: The folder; None: `runs/DATE-compare`.
        known: Where components are looked up.
        problems: What has been found before.

    Raises:
        ConfigError: All problems together.
        RunFolderError: The folder holds something else.
        CheckpointError: A run in it is damaged.
    """
    found = problems or Problems()
    numbers = found.attempt(lambda: seeds_of(seeds))
    several: tuple[Replicate, ...] = found.attempt(lambda: replicates(numbers, subset_seeds)) if numbers else ()
    where = found.attempt(lambda: Pool(**pool))
    folder, elsewhere = None, None
    try:
        folder = ComparisonFolder(out or default_folder("compare"))
    except ImbalearnError as error:
        elsewhere = error
    methods = found.attempt(
        lambda: check_methods(drafts, several or [Replicate(0)], known, folder.stems if folder else {})
    )
    if not drafts and not found.found:
        found.found.append("there is no method to compare")
    found.report()
    if folder is None:
        raise elsewhere or RuntimeError
    folder.check(methods, several)
    states = {
        folder.path / run.folder: state_of(folder.path / run.folder, run.config, known)
        for method in methods
        for run in method.runs
    }
    return Plan(methods, several, folder, states, where, known)


def compare(
    methods: Sequence[RunConfig] | Mapping[str, Any],
    *,
    seeds: int | str | Sequence[int] = 3,
    subset_seeds: Sequence[int] = (),
    out: str | Path | None = None,
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
    correction: str = "holm",
    allow_unequal_steps: bool = False,
    plugin_files: Sequence[str | Path] = (),
) -> Comparison:
    """Train every method with every seed and compare them, as `imbalearn compare` does.

    Args:
        methods: Configurations, which are called by what differs; or a dictionary of them by name; or a grid: a
            dictionary of fields of `RunConfig`, where a list holds alternatives. The first method is the reference.
        seeds: 3 means 0, 1, 2; a sequence is itself. They replace the seeds of the configurations.
        subset_seeds: Of the images that an imbalance profile keeps: one for all, or one a seed; default: the seed.
        out: The folder; finished runs in it are not repeated; default: `runs/DATE-compare`.
        jobs: Runs at a time on this machine.
        backend: `loky`, `sequential`, `dask` or `ray`.
        scheduler: Of a dask or ray cluster.
        correction: Of the p-values for how many methods there are: `holm` or `none`.
        allow_unequal_steps: Methods may take different numbers of optimiser steps.
        plugin_files: Plugin files.

    Raises:
        ConfigError: All problems of all methods, together.
        RunFolderError: The folder holds something else, or is in use.
        RunInterrupted: A signal came; the same call with the same `out` goes on.
    """
    from imbalearn_torch.experiments.carry_out import carry_out

    known = registry([Path(file) for file in plugin_files])
    plan = plan_comparison(
        _drafts(methods),
        seeds=seeds,
        subset_seeds=subset_seeds,
        pool={"jobs": jobs, "backend": backend, "scheduler": scheduler},
        out=None if out is None else Path(out),
        known=known,
    )
    return carry_out(plan, correction=correction, allow_unequal_steps=allow_unequal_steps)


def _drafts(methods: Sequence[RunConfig] | Mapping[str, Any]) -> list[Draft]:
    if not isinstance(methods, Mapping):
        if not all(isinstance(each, RunConfig) for each in methods):
            raise OptionError(f"Expected `methods` to be RunConfig objects or a dictionary, but got {methods!r:.100}")
        named = zip(names_of(methods), methods, strict=True) if methods else ()
        return [Draft(name, dict(config)) for name, config in named]
    configs = [isinstance(each, RunConfig) for each in methods.values()]
    if any(configs) and not all(configs):
        raise ConfigError(["a dictionary of methods holds a RunConfig for each name, or is a grid and holds none"])
    if any(configs):
        return [Draft(name, dict(config)) for name, config in methods.items()]
    return expand({field: each if isinstance(each, list) else [each] for field, each in methods.items()})
