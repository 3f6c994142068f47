"""Macro-F1 of the 9,500-image study, written its own way and as a run of ours: same optimiser, schedule, steps, images.

10 epochs fixed beforehand, three seeds, test set read once. `small_first` is a run of ours that trains on smaller
images at first. All are gone on with where they were cut short; the state of the study is a file under runs/benchmarks.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.harness import WORK, finished_run, marked, shared
from benchmarks.study_way import (
    BATCH,
    OPTIONS,
    SMALL_FIRST,
    StudyImages,
    study_loader,
    study_network,
    train_epoch,
)
from imbalearn_torch import RunConfig, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.metrics.confusion import confusion_matrix, confusion_scores
from imbalearn_torch.training.schedules import one_cycle

_BELOW = 0.01  # of macro-F1; three seeds do not tell less apart


def measure(quick: bool) -> dict[str, Any]:
    """Macro-F1 of each seed both ways, their mean difference, and the seconds of an epoch."""
    seeds, epochs = (range(1), 1) if quick else (range(3), 10)
    task = {"data": f"parquet:path={shared() / 'data' / 'cifar10'}", "imbalance": "step:ratio=10,head=1"}
    if quick:
        task["imbalance"] = "step:ratio=10,head=1,n_max=1000"
    place = WORK / f"study-quality-{'quick' if quick else epochs}"
    ways = {"ours": OPTIONS, "small_first": SMALL_FIRST}
    runs: dict[str, list[dict[str, float]]] = {"study": [], **{way: [] for way in ways}}
    for seed in seeds:
        for way, options in ways.items():
            runs[way].append(_ours(place / f"{way}-{seed}", {**task, **options, "epochs": epochs}, seed))
        runs["study"].append(_study(place / f"study-{seed}", {**task, **OPTIONS, "epochs": epochs}, seed))
    scores = {way: [each["macro_f1"] for each in rows] for way, rows in runs.items()}
    study = statistics.mean(scores["study"])
    return {
        "macro_f1": scores,
        "difference": {way: marked(statistics.mean(scores[way]) - study, "macro-F1", at_least=-_BELOW) for way in ways},
        "epoch_seconds": {way: [each["epoch_seconds"] for each in rows] for way, rows in runs.items()},
        "epochs": epochs,
    }


def _ours(folder: Path, task: dict[str, Any], seed: int) -> dict[str, float]:
    words = [f"--{name.replace('_', '-')}={value}" for name, value in task.items()]
    result = finished_run(folder, *words, "--seed", str(seed))
    seconds = result["timing"]["train_seconds"] / task["epochs"]
    return {"macro_f1": result["metrics"]["test"]["macro_f1"], "epoch_seconds": seconds}


def _study(folder: Path, task: dict[str, Any], seed: int) -> dict[str, float]:
    """Train the study's way from where `folder` stands, and read the test set."""
    result = folder / "result.json"
    if result.is_file():
        return json.loads(result.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    known = registry()
    session = open_session(resolve_run(RunConfig(**task, seed=seed), known), known)
    torch.manual_seed(seed)
    network, optimizer = study_network()
    images = StudyImages.of(session)
    loader = study_loader(images)
    schedule = one_cycle(optimizer=optimizer, steps=task["epochs"] * (len(images) // BATCH))
    parts, done, seconds = (network, optimizer, schedule), 0, 0.0
    saved = folder / "state.pt"
    if saved.is_file():
        state = torch.load(saved, weights_only=True)
        done, seconds = state["epochs"], state["seconds"]
        for part, each in zip(parts, state["parts"], strict=True):
            part.load_state_dict(each)
    for epoch in range(done, task["epochs"]):
        torch.manual_seed(1000 * seed + epoch)  # so that a run gone on with sees the same batches
        started = time.perf_counter()
        train_epoch(network, optimizer, loader, schedule)
        seconds += time.perf_counter() - started
        state = {"epochs": epoch + 1, "seconds": seconds, "parts": [part.state_dict() for part in parts]}
        torch.save(state, saved.with_suffix(".part"))
        saved.with_suffix(".part").replace(saved)
    found = {"macro_f1": _macro_f1(network, session), "epoch_seconds": seconds / task["epochs"]}
    result.write_text(json.dumps(found), encoding="utf-8")
    return found


@torch.no_grad()
def _macro_f1(network: nn.Module, session: Session) -> float:
    inputs, targets = session.data.test()
    assert isinstance(inputs, Tensor)
    images = StudyImages(inputs, targets, *session.data.statistics(), train=False)
    network.eval()
    answers = [network(batch).argmax(dim=1) for batch, _ in DataLoader(images, batch_size=500)]
    figures: dict[str, Any] = confusion_scores(confusion_matrix(targets, torch.cat(answers), 10))
    return figures["macro_f1"]
