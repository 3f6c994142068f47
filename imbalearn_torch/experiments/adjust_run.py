"""Adjust a finished run: try adjusters on what it stored, tune them on validation data, and compare them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import CheckpointError, ConfigError, ImbalearnError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.experiments.problems import Problems
from imbalearn_torch.plugin.build import Resolved, resolve
from imbalearn_torch.plugin.registry import BUILTIN, Registry, registry

if TYPE_CHECKING:
    from torch import Tensor

    from imbalearn_torch.adjustment.adjust import Adjusted
    from imbalearn_torch.data.stats import DoubleCorrection

__all__ = ["BEFORE", "adjust_run"]

BEFORE = "before"


@dataclass(frozen=True)
class Attempt:
    """One adjuster, or several from left to right.

    Args:
        name: As it was spelled.
        components: Resolved, or objects given from Python.
        needs: What they need beside logits.
        tunes: Whether one of them depends on validation data.
    """

    name: str
    components: tuple[Any, ...]
    needs: frozenset[str] = frozenset()
    tunes: bool = False


def adjust_run(
    folder: str | Path,
    adjusters: Sequence[Any] = (),
    *,
    chain: bool = False,
    save: bool = False,
    known: Registry | None = None,
    config: RunConfig | None = None,
) -> dict[str, Any]:
    """Try adjusters on a finished run, whose own files stay as they are.

    Args:
        folder: The run folder.
        adjusters: Option strings or objects; none: every built-in one that needs no option and that the run allows.
        chain: All of them one after the other, instead of each on its own.
        save: Keep each in `adjusted/NAME` of the run folder.
        known: Where components are looked up; None: the registry of the process.
        config: As given to `run`, for a run with objects of your own, which no file can name.

    Returns:
        `folder`; `rows`, the first one being the predictor before any adjuster, with `name`, `config`, `chosen`,
        `metrics` (`val`; `val_held_out`, where each validation image is adjusted by what was tuned on others; `test`),
        `warnings`, `double_corrections`, `seconds` and `saved`; `best`, the name of the row with the largest macro-F1
        of `val_held_out`, or None without validation data; `skipped`, with `name` and `reason`.

    Raises:
        RunFolderError: The folder holds no finished run, or cannot be written.
        ConfigError: Adjusters that were asked for cannot be found, built, tuned or saved: all problems.
        CheckpointError: Files of the run are damaged, or its network no longer gives the logits it gave.
    """
    found = known or registry()
    run = FinishedRun(folder, found, config)
    comparison = _Comparison(run, save, is_asked=bool(adjusters))
    attempts = _attempts(adjusters, chain, found)
    rows = [comparison.before(), *comparison.rows(attempts)]
    held_out = {row["name"]: row["metrics"]["val_held_out"]["macro_f1"] for row in rows if row["metrics"]["val"]}
    best = max(held_out, key=held_out.__getitem__) if held_out else None  # the first of equal ones
    return {"folder": str(run.place.path), "rows": rows, "best": best, "skipped": comparison.skipped}


def _attempts(adjusters: Sequence[Any], chain: bool, known: Registry) -> list[Attempt]:
    """What to try, looked up without importing anything.

    Raises:
        ConfigError: All that is wrong with names and options.
    """
    if not adjusters:
        if chain:
            raise ConfigError(["--chain needs to be told what to chain: give --adjust, in order"])
        entries = [entry for entry in known.entries("adjuster") if entry.distribution == BUILTIN]
        adjusters = [entry.name for entry in entries if not any(each.required for each in entry.signature().options)]
    problems, found = Problems(), []
    for each in adjusters:
        component = problems.attempt(partial(resolve, "adjuster", each, known)) if isinstance(each, str) else each
        if component is not None:
            found.append((_name(component, each), component))
    problems.report()
    if chain:
        return [Attempt(" + ".join(name for name, _ in found), tuple(component for _, component in found))]
    return [Attempt(name, (component,)) for name, component in dict(found).items()]  # twice the same is once


def _name(component: Any, spelled: Any) -> str:
    """The adjuster's name with the options that were given."""
    if not isinstance(component, Resolved):
        return type(component).__name__
    options = str(spelled).strip().partition(":")[2].strip()
    return f"{component.entry.label}:{options}" if options else component.entry.label


class _Comparison:
    """Makes the rows.

    Args:
        run: The finished run.
        save: Whether to keep the adjusters.
        is_asked: Whether a refusal is an error; else the adjuster is left out, and the reason kept in `skipped`.
    """

    def __init__(self, run: FinishedRun, save: bool, *, is_asked: bool) -> None:
        self._run, self._save, self._is_asked = run, save, is_asked
        self.skipped: list[dict[str, str]] = []

    def before(self) -> dict[str, Any]:
        """The row of the predictor as it was trained."""
        val, test = self._run.stored
        figures = self._figures(val.logits, val.targets)
        metrics = {"val": figures, "val_held_out": figures, "test": self._figures(test.logits, test.targets)}
        nothing = {"config": [], "chosen": [], "metrics": metrics, "warnings": [], "double_corrections": []}
        return {"name": BEFORE, **nothing, "seconds": 0.0, "saved": None}

    def rows(self, attempts: Sequence[Attempt]) -> list[dict[str, Any]]:
        """A row for each attempt that succeeds.

        Raises:
            ConfigError: Attempts that were asked for are refused before any is made.
        """
        ready = [self._allowed(each, partial(self._prepared, each)) for each in attempts]
        self._report()
        prepared = [each for each in ready if each is not None]
        # One pass over the data for all: an adjuster is shown what it needs, whatever else is there.
        needs = frozenset[str]().union(*(each.needs for each in prepared))
        made = [self._allowed(each, partial(self._row, each, needs if each.needs else each.needs)) for each in prepared]
        self._report()
        return [row for row in made if row is not None]

    def _report(self) -> None:
        if self._is_asked and self.skipped:
            raise ConfigError(list(dict.fromkeys(each["reason"] for each in self.skipped)))

    def _allowed(self, attempt: Attempt, work: Callable[[], Any]) -> Any:
        """What `work` returns, or None where it is refused."""
        try:
            return work()
        except CheckpointError:
            raise  # of the run, not of the adjuster
        except ImbalearnError as error:
            self.skipped.append({"name": attempt.name, "reason": str(error)})
            return None

    def _prepared(self, attempt: Attempt) -> Attempt:
        """The attempt with its needs, after every adjuster has been built once."""
        from imbalearn_torch.adjustment.adjust import needs_of
        from imbalearn_torch.adjustment.saved import check_savable
        from imbalearn_torch.adjustment.trial import fit_without_validation, tunes

        run, classes = self._run, self._run.train_counts.numel()
        is_held_out = bool(run.stored[0].targets.numel())
        needs, tuned = frozenset[str](), False
        for make in self._builders(attempt):
            adjuster = make(run.class_prior)
            needs |= needs_of(adjuster)
            if self._save:
                check_savable(adjuster)
            if is_held_out:
                tuned |= tunes(adjuster, classes)
            else:
                fit_without_validation(adjuster, classes)
        run.check(needs)
        return replace(attempt, needs=needs, tunes=tuned)

    def _builders(self, attempt: Attempt) -> list[Callable[[Tensor], Any]]:
        return [partial(_built, component, self._run.train_counts) for component in attempt.components]

    def _row(self, attempt: Attempt, needs: frozenset[str]) -> dict[str, Any]:
        from imbalearn_torch.adjustment.adjust import adjust
        from imbalearn_torch.adjustment.held_out import held_out_logits

        run = self._run
        val, test, train, head = run.outputs(needs)
        started = time.perf_counter()
        settings = {"train": train, "head": head, "class_prior": run.class_prior, "seed": run.seed}
        builders = self._builders(attempt)
        adjusted = adjust(builders, validation=val, test=test, **settings)
        figures = self._figures(adjusted.validation, val.targets)
        held_out = figures
        if attempt.tunes:
            held_out = self._figures(held_out_logits(builders, validation=val, **settings), val.targets)
        twice, idle = self._corrections(adjusted)
        row = {
            "name": attempt.name,
            "config": [_spelling(each) for each in attempt.components],
            "chosen": list(adjusted.chosen),
            "metrics": {
                "val": figures,
                "val_held_out": held_out,
                "test": self._figures(adjusted.test, test.targets),
            },
            "warnings": [*adjusted.warnings, *([str(twice)] if twice else []), *idle],
            "double_corrections": [twice.record()] if twice else [],
            "seconds": time.perf_counter() - started,
            "saved": None,
        }
        if self._save:
            from imbalearn_torch.experiments.adjusted_folder import save_adjusted

            row["saved"] = str(save_adjusted(run, row, adjusted))
        return row

    def _figures(self, logits: Tensor, targets: Tensor) -> dict[str, Any] | None:
        from imbalearn_torch.metrics.scores import score

        return score(logits, targets, train_counts=self._run.group_counts) if targets.numel() else None

    def _corrections(self, adjusted: Adjusted) -> tuple[DoubleCorrection | None, list[str]]:
        from imbalearn_torch.adjustment.corrections import corrections_after
        from imbalearn_torch.priors import normalised_prior

        run = self._run
        effect = run.class_prior.log() - normalised_prior(run.train_counts).log()
        return corrections_after(run.train_counts, {"the run": effect}, adjusted)


def _built(component: Any, counts: Tensor, prior: Tensor) -> Any:
    from imbalearn_torch.experiments.building import built

    return built(component, class_counts=counts, class_prior=prior, num_classes=counts.numel())


def _spelling(component: Any) -> str:
    return str(component) if isinstance(component, Resolved) else f"object {type(component).__qualname__}"
