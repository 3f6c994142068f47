"""The files that a finished run leaves: arrays, tables, figures, the page, and the manifest last."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from imbalearn_torch.data.manifest import subset_manifest
from imbalearn_torch.experiments.folder import RunFolder, storage_errors
from imbalearn_torch.experiments.mistakes import mistake_arrays
from imbalearn_torch.experiments.read_record import read_record
from imbalearn_torch.plugin.spec import canonical_name
from imbalearn_torch.reporting.page import render_page
from imbalearn_torch.reporting.run_figures import run_figures
from imbalearn_torch.reporting.tables import write_confusion_csv, write_per_class_csv
from imbalearn_torch.training.checkpoint import file_digest, tensor_bytes
from imbalearn_torch.training.durable import sync

if TYPE_CHECKING:
    from torch import Tensor

    from imbalearn_torch.experiments.session import Session
    from imbalearn_torch.training.network import Network
    from imbalearn_torch.types import Outputs

__all__ = ["write_arrays", "write_manifest", "write_reports", "write_subset"]

_PICTURES = ("curves", "per_class", "confusion")  # which are files of their own as well


def write_arrays(
    session: Session,
    folder: RunFolder,
    predictor: Network,
    held_out: tuple[Outputs, Outputs],
    adjusted: Tensor | None,
) -> None:
    """Logits as the network gives them, what adjusters have made of them, the weights, and the worst mistakes.

    Args:
        session: The run.
        folder: Where to.
        predictor: The final weights.
        held_out: Its outputs for the validation part and for the test part.
        adjusted: Test logits after every adjuster, `[N, K]`; None: there is none.
    """
    validation, test = held_out
    part, final = session.data.selection.test, test.logits if adjusted is None else adjusted
    original = session.data.selection.counts
    confidence, mistakes = mistake_arrays(part.source.inputs, part.indices, test.targets, final, original)
    arrays: dict[str, Any] = {
        "val_logits": validation.logits.numpy(),
        "val_targets": validation.targets.numpy(),
        "test_logits": test.logits.numpy(),
        "test_targets": test.targets.numpy(),
    }
    if adjusted is not None:
        arrays |= {"test_predictions": adjusted.argmax(dim=1).numpy(), "test_confidence": confidence}
    content = io.BytesIO()
    np.savez(content, **arrays)
    folder.write_bytes("predictions.npz", content.getvalue())
    folder.write_bytes("model.safetensors", tensor_bytes(predictor.backbone.state_dict()))
    if mistakes is not None:
        folder.write_bytes("mistakes.npz", mistakes)


def write_subset(session: Session, folder: RunFolder) -> None:
    """Which images the imbalance profile has kept, so that another run or program can train on the same."""
    if canonical_name(session.data.imbalance) != "none":
        chosen = {"imbalance": session.data.imbalance, "subset_seed": session.config.subset_seed}
        targets = session.data.dataset.train.targets
        folder.write_json("subset.json", chosen | subset_manifest(session.data.selection.subset, targets))


def write_reports(folder: RunFolder, result: dict[str, Any]) -> None:
    """Tables, pictures and the page, all from the files that are there already."""
    record, classes = read_record(folder.path), result["data"]["classes"]
    with storage_errors(folder.path):
        write_per_class_csv(folder.path / "per_class.csv", result["metrics"]["test"], classes)
        write_confusion_csv(folder.path / "confusion.csv", record.confusion.tolist(), classes)
    figures = run_figures(record)
    for name in _PICTURES:
        folder.write_text(f"{name}.svg", figures[name])
    folder.write_text("report.html", render_page(record, figures))


def write_manifest(folder: RunFolder) -> None:
    """The sha256 of each file; a run with a manifest is finished."""
    files = sorted(each for each in folder.path.rglob("*") if each.is_file() and not each.name.startswith("."))
    with storage_errors(folder.path):
        for each in files:  # metrics.jsonl has grown line by line: the manifest must not outlive it in a power cut
            sync(each)
    digests = {each.relative_to(folder.path).as_posix(): file_digest(each) for each in files if each.name != "log.txt"}
    folder.write_json("manifest.json", {"sha256": digests})
