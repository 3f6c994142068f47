"""What `imbalearn data show` recommends a recipe from: the committed results, as a small file of the package."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from benchmarks.harness import RESULTS
from imbalearn_torch.experiments.recommend import MEASURED

__all__ = ["measured_tasks", "write_measured"]


def measured_tasks() -> dict[str, Any]:
    """Everything that was measured for more than one recipe at equal settings."""
    own = json.loads((RESULTS / "recipes_cifar10.json").read_text(encoding="utf-8"))
    rows = [
        {"recipe": name, "options": shlex.split(row["method"]), "macro_f1": row["macro_f1"]}
        for name, row in own.items()
        if isinstance(row, dict) and "macro_f1" in row
    ]
    tasks = [
        {
            "title": "CIFAR-10 with 5,000 images of one class and 500 of each other",
            "setting": "ResNet20, 15 epochs, the package's defaults",
            "source": "benchmarks/results/recipes_cifar10.json",
            "ratio": 10.0,
            "images": 9500,
            "rows": rows,
        }
    ]
    return {"schema_version": 1, "written_by": "python -m benchmarks.studies --table", "tasks": tasks + _of_studies()}


def _of_studies() -> list[dict[str, Any]]:
    """The long tail, once it has been run for every recipe with the same seeds."""
    file = RESULTS / "studies" / "lt.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"rows": [], "not_run": ["all"]}
    if found["not_run"] or found.get("failed"):
        return []
    return [
        {
            "title": "CIFAR-10-LT, ratio 100",
            "setting": f"ResNet-32, SGD, {found['epochs']} epochs",
            "source": "benchmarks/results/studies/lt.json",
            "ratio": 100.0,
            "images": sum(found["train_counts"]),
            "rows": [
                {
                    "recipe": row["recipe"],
                    "options": _method(row["recipe"]),
                    "macro_f1": row["figures"]["macro_f1"]["values"],
                }
                for row in found["rows"]
            ],
        }
    ]


def _method(name: str) -> list[str]:
    from benchmarks.recipes_cifar10 import method_options

    return method_options(name)


def write_measured() -> Path:
    """Write the file."""
    MEASURED.write_text(json.dumps(measured_tasks(), indent=1) + "\n", encoding="utf-8")
    return MEASURED
