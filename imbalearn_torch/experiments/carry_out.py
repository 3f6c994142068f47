"""Carry out a planned comparison: see that it is fair, do what is left of its runs, write the leaderboard."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from types import FrameType
from typing import Any

from imbalearn_torch.errors import ConfigError, RunInterrupted, StorageError
from imbalearn_torch.experiments.compare import Comparison, Plan
from imbalearn_torch.experiments.compared_runs import result_warnings
from imbalearn_torch.experiments.comparison_folder import LEADERBOARD
from imbalearn_torch.experiments.failure import failure_of
from imbalearn_torch.experiments.folder import storage_errors
from imbalearn_torch.experiments.leaderboard import MethodRuns, leaderboard_rows
from imbalearn_torch.experiments.methods import Method
from imbalearn_torch.experiments.pool import do_tasks
from imbalearn_torch.experiments.protocol import check_steps, measure_steps, protocol_warnings
from imbalearn_torch.experiments.run import read_result
from imbalearn_torch.experiments.run_states import RunState
from imbalearn_torch.experiments.signals import StopRequest, stop_on_signals
from imbalearn_torch.experiments.task import Outcome, Task
from imbalearn_torch.experiments.train_once import trained_by
from imbalearn_torch.metrics.seeds import CORRECTIONS, can_correct

__all__ = ["ComparisonObserver", "carry_out", "describe"]

_LEFT = (RunState.BEGUN, RunState.NEW)  # those that have come furthest first


class ComparisonObserver:
    """Watches a comparison; every method may be overridden and does nothing here."""

    def on_start(self, folder: Path, runs: int, left: int, warnings: list[str]) -> None:
        """The runs are about to begin; `left` of them are not finished yet."""

    def on_run(self, outcome: Outcome) -> None:
        """One run has ended."""


def describe(plan: Plan, *, allow_unequal_steps: bool = False) -> dict[str, Any]:
    """What `--dry-run` says: the methods, the runs and how many steps are left to train; nothing is written."""
    steps = measure_steps(plan.methods, plan.known, plan.folder.steps)
    warnings = check_steps(plan.methods, steps, allow_unequal_steps) + protocol_warnings(plan.methods, plan.replicates)
    rows = [
        {
            "name": method.name,
            "config": method.config,
            "seeds": [run.replicate.seed for run in method.runs],
            "steps": steps[method.digest],
            "folders": [str(plan.path(run.folder)) for run in method.runs],
            "states": [plan.states[plan.path(run.folder)].value for run in method.runs],
        }
        for method in plan.methods
    ]
    elsewhere = _trained_by(plan)
    total = sum(
        steps[method.digest]
        for method in plan.methods
        for run in method.runs
        if plan.states[plan.path(run.folder)] in _LEFT and plan.path(run.folder) not in elsewhere
    )
    return {"rows": rows, "runs": len(plan.states), "steps": total, "warnings": warnings}


def carry_out(
    plan: Plan,
    *,
    correction: str = "holm",
    allow_unequal_steps: bool = False,
    observer: ComparisonObserver | None = None,
    command: list[str] | None = None,
) -> Comparison:
    """Train what is left, and compare.

    Args:
        plan: What to do.
        correction: Of the p-values.
        allow_unequal_steps: Methods may take different numbers of optimiser steps.
        observer: Told of every run.
        command: What repeats the comparison, without `--out`; None: it was called from Python.

    Raises:
        ConfigError: What does not fit together, or the methods take different numbers of steps.
        RunInterrupted: A signal came; what has been trained is kept.
        StorageError: The disk is full or fails.
    """
    if correction not in CORRECTIONS:
        raise ConfigError([f"--correction expects one of {', '.join(CORRECTIONS)}, got {correction!r}"])
    folder, watcher = plan.folder, observer or ComparisonObserver()
    again = shlex.join([*command, "--out", str(folder.path)]) if command else f"compare(..., out={str(folder.path)!r})"
    folder.open()
    try:
        steps = measure_steps(plan.methods, plan.known, folder.steps)
        warnings = check_steps(plan.methods, steps, allow_unequal_steps)
        warnings += protocol_warnings(plan.methods, plan.replicates)
        folder.write_record(plan.methods, plan.replicates, steps, again)
        failures = _train(plan, watcher, warnings, again)
        record = _record(plan, failures, correction, warnings)
        record |= {"command": again, "steps": {method.name: steps[method.digest] for method in plan.methods}}
        _write(plan, record)
    finally:
        folder.discard_if_unused()
        folder.release()
    return Comparison(folder.path, record, _exit_code(record, failures))


def _train(plan: Plan, watcher: ComparisonObserver, warnings: list[str], again: str) -> dict[Path, Outcome]:
    """Do every run that is not finished; those that failed, by folder."""
    tasks = _tasks(plan)
    failures: dict[Path, Outcome] = {}
    request = _StopAll(plan.folder.stop_file)
    unfinished = {task.folder for task in tasks}

    def on_outcome(outcome: Outcome) -> None:
        if outcome.status != "interrupted":
            unfinished.discard(outcome.folder)
        if outcome.status == "failed":
            failures[outcome.folder] = outcome
            if outcome.exit_code == StorageError.exit_code:
                request.stop_all()  # the other runs would meet the same disk
        watcher.on_run(outcome)

    watcher.on_start(plan.folder.path, len(plan.states), len(tasks), warnings)
    with stop_on_signals(request):
        # Those that need no training of their own come when the others have ended.
        for late in (False, True):
            some = [task for task in tasks if (task.trained_by is not None) is late]
            do_tasks(some, plan.pool, on_outcome, request.stopped)
    plan.folder.stop_file.unlink(missing_ok=True)
    full = [each.reason for each in failures.values() if each.exit_code == StorageError.exit_code]
    if full:
        raise StorageError(f"{full[0]}; go on with: {again}")
    if unfinished:
        done = len(plan.states) - len(unfinished)
        raise RunInterrupted(
            f"stopped with {done} of {len(plan.states)} runs done; go on with: {again}", request.signal_number or 2
        )
    return failures


def _tasks(plan: Plan) -> list[Task]:
    """What is left to do, seed by seed: what is there after an interruption can be compared."""
    runs = [run for several in zip(*(method.runs for method in plan.methods), strict=True) for run in several]
    elsewhere = _trained_by(plan)
    return [
        Task(
            run.config,
            plan.path(run.folder).absolute(),
            plan.folder.stop_file.absolute(),
            tuple(file.absolute() for file in plan.known.files),
            plan.known.allowed,
            None if plan.pool.is_cluster else os.getpid(),
            elsewhere.get(plan.path(run.folder)),
        )
        for run in runs
        if plan.states[plan.path(run.folder)] in _LEFT
    ]


def _trained_by(plan: Plan) -> dict[Path, Path]:
    """By folder of a run that need not be trained, that of the run which is: they differ in their adjusters alone."""
    runs = [(plan.path(run.folder), run.config) for method in plan.methods for run in method.runs]
    furthest = (RunState.FINISHED, *_LEFT)
    known = [each for each in runs if plan.states[each[0]] in furthest]
    found = trained_by(sorted(known, key=lambda each: furthest.index(plan.states[each[0]])))
    return {folder: trained.absolute() for folder, trained in found.items()}


class _StopAll(StopRequest):
    """The first signal stops every run after its step, wherever it is done."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def stop_all(self) -> None:
        self._file.touch()

    def stopped(self) -> bool:
        return self._file.exists()

    def handle(self, number: int, frame: FrameType | None) -> None:
        super().handle(number, frame)
        self.stop_all()


def _record(plan: Plan, failures: dict[Path, Outcome], correction: str, warnings: list[str]) -> dict[str, Any]:
    several = [_runs_of(method, plan, failures) for method in plan.methods]
    found = [
        f"{runs.method.name}: seed {seed} failed and is in none of its figures: {runs.reasons[folder]}"
        for runs in several
        for seed, folder in zip(runs.seeds, runs.folders, strict=True)
        if folder in runs.reasons
    ]
    if len(several) > 1 and not any(several[0].results):
        found.append(f"the first method, {several[0].method.name}, has no figure, so no method has a difference to it")
    if len(several) > 1 and not can_correct(correction):
        found.append(
            "p-values are left out, since correcting them for the number of methods needs statsmodels: "
            "pip install 'imbalearn-torch[stats]'"
        )
    finished = {runs.method.name: [each for each in runs.results if each is not None] for runs in several}
    found += result_warnings(finished)
    if all(runs.method.resolved.asked.batch_size is None for runs in several):  # else it has been said
        sizes = sorted({each["config"]["batch_size"] for runs in finished.values() for each in runs})
        if len(sizes) > 1:
            found.append(f"the methods have batches of different sizes: {', '.join(map(str, sizes))} images")
    return {"rows": leaderboard_rows(several, correction), "warnings": warnings + found, "correction": correction}


def _runs_of(method: Method, plan: Plan, failures: dict[Path, Outcome]) -> MethodRuns:
    folders = tuple(plan.path(run.folder) for run in method.runs)
    reasons = {}
    for folder in folders:
        failed = failure_of(folder) if plan.states[folder] is RunState.DIVERGED else failures.get(folder.absolute())
        if failed is not None:
            reasons[folder] = failed.reason
    results = tuple(None if folder in reasons else read_result(folder) for folder in folders)
    return MethodRuns(method, folders, results, reasons)


def _write(plan: Plan, record: dict[str, Any]) -> None:
    from imbalearn_torch.experiments.report import page_of_comparison
    from imbalearn_torch.reporting.comparison import write_leaderboard_csv

    folder = plan.folder
    folder.write_json(LEADERBOARD, record)
    with storage_errors(folder.path):
        write_leaderboard_csv(folder.path / "leaderboard.csv", record)
    folder.write_text("leaderboard.html", page_of_comparison(folder.path, record))


def _exit_code(record: dict[str, Any], failures: dict[Path, Outcome]) -> int:
    own = [outcome.exit_code for outcome in failures.values() if outcome.exit_code != 3]
    if own:
        return own[0]
    return 0 if any(len(row["failed"]) < len(row["seeds"]) for row in record["rows"]) else 3
