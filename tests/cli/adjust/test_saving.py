"""`imbalearn adjust --save`: beside the run, twice the same, and loaded again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from adjusted_runs import CHAIN, compared, flags, read_json
from safetensors.torch import load_file

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.adjust import applied
from imbalearn_torch.experiments.adjusted_folder import folder_name, load_adjusted
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.metrics.scores import score


def test_saved_beside_files_that_stay(copied: Path) -> None:
    digests = {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()}
    arguments = (copied, *flags("crt:steps=5", "ncm", "thresholds:metric=gmean"), "--save")
    rows = compared(*arguments)["rows"][1:]
    folders = [copied / "adjusted" / name for name in ("crt_steps=5", "ncm", "thresholds_metric=gmean")]
    assert [row["saved"] for row in rows] == list(map(str, folders))
    assert {file: file.read_bytes() for file in digests} == digests
    for name, digest in read_json(copied / "manifest.json")["sha256"].items():
        assert hashlib.sha256((copied / name).read_bytes()).hexdigest() == digest
    kept = {file: file.read_bytes() for folder in folders for file in folder.iterdir()}
    assert {file.name for file in kept} == {"adjuster.safetensors", "adjusted.json"}
    compared(*arguments)
    assert {file: file.read_bytes() for file in kept} == kept
    assert {file for folder in folders for file in folder.iterdir()} == set(kept)


def test_what_was_saved_predicts_again(copied: Path) -> None:
    (_, row) = compared(copied, *flags(*CHAIN), "--chain", "--save")["rows"]
    folder = Path(row["saved"])
    assert folder.name == "crt_steps=40+temperature"
    run = FinishedRun(copied, ibt.registry())
    _, test, _, _ = run.outputs(frozenset({"features"}))
    logits = applied(load_adjusted(folder, ibt.registry()), test)
    assert score(logits, test.targets, train_counts=run.group_counts) == row["metrics"]["test"]
    record = read_json(folder / "adjusted.json")
    assert record["schema_version"] == 1
    assert record["metrics"] == row["metrics"]
    assert load_file(folder / "adjuster.safetensors").keys() == {"0.weight", "0.bias", "1.temperature"}


def test_what_was_saved_belongs_to_its_model(copied: Path) -> None:
    (_, row) = compared(copied, *flags("temperature"), "--save")["rows"]
    folder = Path(row["saved"])
    model = (copied / "model.safetensors").read_bytes()
    (copied / "model.safetensors").write_bytes(model[:-1])
    with pytest.raises(ibt.errors.CheckpointError, match="belongs to another model"):
        load_adjusted(folder, ibt.registry())
    (copied / "model.safetensors").write_bytes(model)
    (folder / "adjuster.safetensors").write_bytes(b"")
    with pytest.raises(ibt.errors.CheckpointError, match=r"adjuster.safetensors is not what was saved"):
        load_adjusted(folder, ibt.registry())


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("crt", "crt"),
        ("tau-norm:tau=0.5,metric=accuracy", "tau-norm_tau=0.5,metric=accuracy"),
        ("crt + other-plugin/mine", "crt+other-plugin.mine"),
    ],
)
def test_names_of_folders(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@pytest.mark.parametrize("name", ['mine:path="../../x"', "thresholds:costs=[" + "1," * 99 + "1]"])
def test_what_no_folder_can_be_called_ends_in_its_digest(name: str) -> None:
    folder = folder_name(name)
    assert folder.endswith(f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}")
    assert len(folder) <= 89
    assert not {"/", '"', "["} & set(folder)
