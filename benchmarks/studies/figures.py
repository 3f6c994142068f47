"""From finished runs to figures: values by seed, means with intervals, paired differences to the first method."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from benchmarks.harness import RESULTS
from benchmarks.studies.queue import Queue, QueuedRun, RunState
from imbalearn_torch.experiments.recipes import Reference, load_recipe
from imbalearn_torch.metrics.seeds import corrected, mean_interval, paired_difference

__all__ = ["METRICS", "study_of_transfer", "study_record"]

METRICS = ("macro_f1", "accuracy", "worst_class_recall")
_PUBLISHED = {"c": "macro-F1", "c-own": "macro-F1", "lt": "top-1 %", "a": "macro-F1"}
_PUBLISHED_ON = {
    "c": ("cifar10", "step:ratio=10,head=1"),
    "c-own": ("cifar10", "step:ratio=10,head=1"),
    "lt": ("cifar10", "exp:ratio=100"),
    "a": ("cifar100", "none"),
}


def study_record(queue: Queue, key: str) -> dict[str, Any]:
    """What is known of one study.

    Args:
        queue: Its runs are read where they are finished.
        key: Of the study.
    """
    study, runs = queue.studies[key], queue.of(key)
    states = {run.name: queue.state(run) for run in runs}
    done = [run for run in runs if states[run.name] is RunState.DONE]
    methods = list(dict.fromkeys(run.method for run in runs))
    rows = [_row(queue, key, [run for run in runs if run.method == method], done) for method in methods]
    for row in rows:
        row["difference"] = None if row is rows[0] else _differences(row, rows[0])
    _correct(rows)
    first = done[0].result() if done else {}
    return {
        "key": key,
        "title": study.title,
        "command": f"python -m benchmarks.studies --only {key}",
        "commit": queue.commit,
        "environment": first.get("environment"),
        "epochs": runs[0].epochs,
        "train_counts": first.get("data", {}).get("train_counts"),
        "classes": first.get("data", {}).get("classes"),
        "published_metric": _PUBLISHED[key],
        "rows": rows,
        "not_run": [name for name, state in states.items() if state not in {RunState.DONE, RunState.FAILED}],
        "failed": [name for name, state in states.items() if state is RunState.FAILED],
    }


def _row(queue: Queue, key: str, runs: Sequence[QueuedRun], done: Sequence[QueuedRun]) -> dict[str, Any]:
    finished = [run for run in runs if run in done]
    results = [run.result() for run in finished]
    tests = [result["metrics"]["test"] for result in results]
    recalls = [[row["recall"] for row in test["per_class"]] for test in tests]
    row: dict[str, Any] = {
        "method": runs[0].method,
        "recipe": runs[0].recipe,
        "commands": [run.command(queue.studies[key]) for run in runs],
        "seeds": [run.seed for run in finished],
        "figures": {name: _summary([test[name] for test in tests]) for name in METRICS},
        "published": published(key, runs[0].recipe),
        "train_seconds": [result["timing"]["train_seconds"] for result in results],
        "total_seconds": [result["timing"]["total_seconds"] for result in results],
        "selected_on_test": any(result["selected_on_test"] for result in results),
        "histories": [run.history() for run in finished],
        "recall": [sum(each) / len(each) for each in zip(*recalls, strict=True)] if recalls else None,
    }
    if key == "c-own":  # chosen on the test set: the same run without the choice
        row["figures"]["last_macro_f1"] = _summary([run.history()[-1]["val_macro_f1"] for run in finished])
    return row


def _summary(values: list[float]) -> dict[str, Any]:
    return {"values": values, **mean_interval(values)._asdict()}


def _differences(row: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """Over the seeds that both have."""
    common = [seed for seed in row["seeds"] if seed in first["seeds"]]

    def of(which: dict[str, Any], name: str) -> list[float]:
        by_seed = dict(zip(which["seeds"], which["figures"][name]["values"], strict=True))
        return [by_seed[seed] for seed in common]

    return {name: paired_difference(of(row, name), of(first, name))._asdict() for name in METRICS}


def _correct(rows: Sequence[dict[str, Any]]) -> None:
    """Give every difference its p-value after Holm's correction for the number of methods, beside its own."""
    compared = [row["difference"] for row in rows if row["difference"] is not None]
    for name in compared[0] if compared else ():
        for each, p in zip(compared, corrected([each[name]["p"] for each in compared]), strict=True):
            each[name]["p_holm"] = p


def published(key: str, recipe: str) -> dict[str, Any] | None:
    """The reported figure that stands beside ours."""
    found = [each for each in load_recipe(recipe).reference if _is_beside(each, key)]
    return found[0].model_dump(mode="json", include={"values", "source", "note", "metric"}) if found else None


def _is_beside(reference: Reference, key: str) -> bool:
    return (reference.data, reference.imbalance) == _PUBLISHED_ON[key] and reference.metric == _PUBLISHED[key]


def study_of_transfer() -> dict[str, Any]:
    """Study B, from the committed transfer table: its values, with intervals and differences made here."""
    measured = json.loads((RESULTS / "transfer.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = []
    for name in ("head", "norm and head", "everything"):
        figures = {metric: _summary(measured[name][metric]) for metric in ("accuracy", "top5", "macro_f1")}
        rows.append({"method": name, "parameters": measured[name]["parameters"], "figures": figures})
    for row in rows:
        pairs = {
            metric: paired_difference(summary["values"], rows[0]["figures"][metric]["values"])._asdict()
            for metric, summary in row["figures"].items()
        }
        row["difference"] = None if row is rows[0] else pairs
    _correct(rows)
    return {
        "title": "From CIFAR-10 weights to CIFAR-100",
        "command": measured["command"],
        "source": "benchmarks/results/transfer.json",
        "environment": measured["environment"],
        "images": measured["images"],
        "epochs": measured["epochs"],
        "published": {"head": 0.6828, "norm and head": 0.6824},
        "rows": rows,
    }
