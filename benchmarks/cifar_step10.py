"""The 9,500-image CIFAR-10 task (class 0 keeps 5,000 images, the others 500) at the defaults, three seeds.

Validation 0.1 is cut from the 9,500; the test set is read once; 30 epochs, fixed beforehand. One thread a run, so that
the same bits come out whatever the number of cores; for speed see `overhead`.
"""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.harness import RESULTS, WORK, finished_run, shared

_BOUNDS = {"ce": 0.715, "balanced-softmax": 0.735}


def measure(quick: bool) -> dict[str, Any]:
    """Test macro-F1 of each loss and seed; the recalls, averaged over the seeds, are drawn as `cifar_step10.svg`."""
    seeds, epochs = (range(1), 2) if quick else (range(3), 30)
    measured: dict[str, Any] = {}
    recalls: dict[str, list[float]] = {}
    data: dict[str, Any] = {}
    for loss, bound in _BOUNDS.items():
        results = [
            finished_run(
                WORK / f"cifar-step10-{epochs}" / f"{loss}-{seed}",
                *("--data", f"parquet:path={shared() / 'data' / 'cifar10'}"),
                *("--imbalance", "step:ratio=10,head=1", "--backbone", "resnet20", "--loss", loss),
                *("--epochs", str(epochs), "--seed", str(seed), "--threads", "1"),
            )
            for seed in seeds
        ]
        data = results[0]["data"]
        rows = [result["metrics"]["test"]["per_class"] for result in results]
        recalls[loss] = [statistics.mean(row["recall"] for row in each) for each in zip(*rows, strict=True)]
        figures = [result["metrics"]["test"]["macro_f1"] for result in results]
        measured[loss] = {
            "macro_f1": figures,
            "mean": statistics.mean(figures),
            "bound": bound,
            "accuracy": [result["metrics"]["test"]["accuracy"] for result in results],
            "worst_class_recall": [result["metrics"]["test"]["worst_class_recall"] for result in results],
            "train_seconds": [result["timing"]["train_seconds"] for result in results],
            "images_per_second": [result["timing"]["images_per_second"] for result in results],
        }
    if not quick:
        from imbalearn_torch.reporting import per_class_svg

        figure = per_class_svg(recalls, data["train_counts"], data["classes"])
        (RESULTS / "cifar_step10.svg").write_text(figure, encoding="utf-8")
    return measured
