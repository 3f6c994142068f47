"""Five recipes at equal settings: the methods of published recipes, everything else as our defaults have it.

The 9,500-image CIFAR-10 task (class 0 keeps 5,000 images, the others 500), ResNet20, 15 epochs, two seeds. A recipe
gives its sampler, mix, loss, class weights and adjusters; optimiser, schedule, augmentation and steps are the same for
all. Validation 0.1 is cut from the 9,500; the test set is read once. One thread a run, so that the same bits come out
whatever the number of cores.
"""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.harness import RESULTS, WORK, finished_run, shared
from imbalearn_torch.experiments.recipes import load_recipe

RECIPES = ("erm", "balanced-softmax", "vs", "ldam-drw", "remix-drw")
_METHOD = ("sampler", "mix", "loss", "weights", "adjust")


def method_options(name: str) -> list[str]:
    """The options of a recipe that are its method."""
    given = load_recipe(name).run
    values = {field: given[field] for field in _METHOD if field in given}
    listed = {field: value if isinstance(value, (list, tuple)) else [value] for field, value in values.items()}
    return [word for field, each in listed.items() for value in each for word in (f"--{field}", str(value))]


def measure(quick: bool) -> dict[str, Any]:
    """Test macro-F1 of each recipe and seed, and a table in Markdown beside the JSON."""
    seeds, epochs = (range(1), 1) if quick else (range(2), 15)
    measured: dict[str, Any] = {}
    for seed in seeds:  # seed by seed, so that a session cut short has whole rows
        for name in RECIPES:
            result = finished_run(
                WORK / f"recipes-cifar10-{epochs}" / f"{name}-{seed}",
                *("--data", f"parquet:path={shared() / 'data' / 'cifar10'}"),
                *("--imbalance", "step:ratio=10,head=1", "--backbone", "resnet20"),
                *("--epochs", str(epochs), "--seed", str(seed), "--threads", "1", *method_options(name)),
            )
            test = result["metrics"]["test"]
            row = measured.setdefault(name, {"method": " ".join(method_options(name)), "macro_f1": [], "seconds": []})
            row["macro_f1"].append(test["macro_f1"])
            row.setdefault("accuracy", []).append(test["accuracy"])
            row.setdefault("worst_class_recall", []).append(test["worst_class_recall"])
            row["seconds"].append(result["timing"]["train_seconds"])
    if not quick:
        (RESULTS / "recipes_cifar10.md").write_text(_table(measured), encoding="utf-8")
    return measured


def _table(measured: dict[str, Any]) -> str:
    rows = [
        "| recipe | method | macro-F1, seed 0 | seed 1 | mean | worst class | minutes a run |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in measured.items():
        figures = " | ".join(f"{each:.4f}" for each in row["macro_f1"])
        rows.append(
            f"| {name} | `{row['method']}` | {figures} | {statistics.mean(row['macro_f1']):.4f} | "
            f"{statistics.mean(row['worst_class_recall']):.3f} | {statistics.mean(row['seconds']) / 60:.1f} |"
        )
    return "\n".join([*rows, ""])
