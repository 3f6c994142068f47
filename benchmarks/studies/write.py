"""Write the results of the studies: JSON, tables, pictures, the tables of docs/studies.md, what is recommended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.studies.figures import study_of_transfer, study_record
from benchmarks.studies.gradients import gradient_norms, gradients_svg
from benchmarks.studies.measured import write_measured
from benchmarks.studies.queue import Queue, RunState
from benchmarks.studies.tables import DOCS, FOLDER, table, updated

__all__ = ["write_results"]


def write_results(queue: Queue) -> list[Path]:
    """Write everything that the finished runs allow; the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    records = {key: study_record(queue, key) for key in queue.studies} | {"b": study_of_transfer()}
    records["a"]["gradients"] = _gradients(queue)
    written = []
    for key, record in records.items():
        written += _write(f"{key}.json", json.dumps(record, indent=1) + "\n")
        written += _write(f"{key}.md", f"# {record['title']}\n\n{table(record)}\n")
        for name, picture in _pictures(key, record):
            written += _write(name, picture)
    text = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(updated(text), encoding="utf-8")
    return [*written, DOCS, write_measured()]


def _write(name: str, text: str) -> list[Path]:
    (FOLDER / name).write_text(text, encoding="utf-8")
    return [FOLDER / name]


def _gradients(queue: Queue) -> dict[str, Any]:
    """Of the first seed of each method of study A, where it is finished; what was computed before is kept."""
    file = FOLDER / "a.json"
    known = json.loads(file.read_text(encoding="utf-8")).get("gradients", {}) if file.is_file() else {}
    found: dict[str, Any] = {}
    for run in queue.of("a"):
        if run.method in found or queue.state(run) is not RunState.DONE:
            continue
        before = known.get(run.method)
        of = {"seed": run.seed, "weights_sha256": run.digest("model.safetensors")}
        is_same = before is not None and of.items() <= before.items()
        found[run.method] = before if is_same else {**of, **gradient_norms(run, queue.studies["a"])}
    return found


def _pictures(key: str, record: dict[str, Any]) -> list[tuple[str, str]]:
    from imbalearn_torch.reporting import per_class_svg
    from imbalearn_torch.reporting.compared_curves import compared_curves_svg

    if key == "b":
        return []
    rows = [row for row in record["rows"] if row["recall"] is not None]
    if not rows:
        return []
    if key != "a":
        recalls = {row["method"]: row["recall"] for row in rows}
        return [(f"{key}.svg", per_class_svg(recalls, record["train_counts"], record["classes"]))]
    curves = compared_curves_svg({row["method"]: row["histories"] for row in rows})
    pictures = [("a.svg", curves)]
    if record["gradients"]:
        pictures.append(("a-gradients.svg", gradients_svg(record["gradients"])))
    return pictures
