"""A pickle that leaves a trace when it is loaded stands in for every file that is ever read: the trace never appears.

Manifests are signed anew, so that it is not the digest that refuses the file.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import Result
from tiny_runs import TINY_PLUGIN

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments.adjusted_folder import load_adjusted
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.plugin.registry import registry

FORMS = ("pickle", "torch", "npy", "npz")


def refused(done: Result, exit_code: int, trace: Path) -> None:
    """The trace is not there, the exit code is ours and the reason is one sentence on stderr."""
    assert not trace.exists()
    assert done.exit_code == exit_code, done.output
    assert done.stderr.count("error: ") == 1, done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("form", FORMS)
def test_the_pickles_of_these_tests_do_leave_a_trace(*, hostile: dict[str, bytes], trace: Path, form: str) -> None:
    data = io.BytesIO(hostile[form])
    if form == "torch":
        torch.load(data, weights_only=False)
    elif form == "pickle":
        pickle.load(data)
    else:
        opened = np.load(data, allow_pickle=True)
        _ = opened["x"] if form == "npz" else opened
    assert trace.is_dir()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["state.pt", "weights.safetensors"])
def test_checkpoint(
    *,
    stopped: Path,
    hostile: dict[str, bytes],
    trace: Path,
    plugin: list[str],
    imbalearn,
    replace,
    name: str,
    form: str,
) -> None:
    for checkpoint in (stopped / "checkpoints").glob("[0-9]*"):
        replace(checkpoint / name, hostile[form])
    refused(imbalearn("resume", stopped, *plugin), 4, trace)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["predictions.npz", "mistakes.npz", "result.json", "metrics.jsonl"])
def test_report(
    *, copied: Path, hostile: dict[str, bytes], trace: Path, imbalearn, replace, name: str, form: str
) -> None:
    replace(copied / name, hostile[form])
    refused(imbalearn("report", copied), 4, trace)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["predictions.npz", "result.json"])
def test_adjust(
    *, copied: Path, hostile: dict[str, bytes], trace: Path, plugin: list[str], imbalearn, replace, name: str, form: str
) -> None:
    replace(copied / name, hostile[form])
    refused(imbalearn("adjust", copied, *plugin), 4, trace)


@pytest.mark.parametrize("form", FORMS)
def test_final_weights(*, copied: Path, hostile: dict[str, bytes], trace: Path, replace, form: str) -> None:
    replace(copied / "model.safetensors", hostile[form])
    with pytest.raises(CheckpointError, match="does not fit the backbone"):
        FinishedRun(copied, registry([TINY_PLUGIN])).outputs(frozenset({"train"}))
    assert not trace.exists()


@pytest.mark.parametrize("form", FORMS)
def test_saved_adjusters(
    *, copied: Path, hostile: dict[str, bytes], trace: Path, plugin: list[str], imbalearn, form: str
) -> None:
    done = imbalearn("adjust", copied, *plugin, "--adjust", "temperature", "--save")
    assert done.exit_code == 0, done.output
    place = copied / "adjusted" / "temperature"
    record = (place / "adjusted.json").read_text(encoding="utf-8")
    before = hashlib.sha256((place / "adjuster.safetensors").read_bytes()).hexdigest()
    (place / "adjuster.safetensors").write_bytes(hostile[form])
    (place / "adjusted.json").write_text(record.replace(before, hashlib.sha256(hostile[form]).hexdigest()))
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_adjusted(place, registry())
    assert not trace.exists()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", [("run", "--dry-run", "--data"), ("data", "check"), ("data", "show")])
@pytest.mark.parametrize("kind", ["npz", "parquet", "list", "csv"])
def test_data_files(
    *, tmp_path: Path, hostile: dict[str, bytes], trace: Path, imbalearn, kind: str, command: tuple[str, ...], form: str
) -> None:
    file = tmp_path / f"data.{kind}"
    file.write_bytes(hostile[form])
    refused(imbalearn(*command, f"{kind}:path={file}"), 2, trace)


@pytest.mark.parametrize("name", ["batches", "batches.meta"])
def test_cifar_reads_published_files_only(
    *, tmp_path: Path, hostile: dict[str, bytes], trace: Path, imbalearn, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """CIFAR is published as pickles: torchvision compares the digest of each file before it loads it."""
    from torchvision.datasets import CIFAR10

    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    for each, _ in (*CIFAR10.train_list, *CIFAR10.test_list):
        (folder / each).write_bytes(hostile["pickle"])
    (folder / CIFAR10.meta["filename"]).write_bytes(hostile["pickle"])
    if name == "batches.meta":  # what if the batches were sound: the names are read after them
        monkeypatch.setattr(CIFAR10, "_check_integrity", lambda _: True)
        sound = pickle.dumps({"data": np.zeros((1, 3072), dtype=np.uint8), "labels": [0]})
        for each, _ in (*CIFAR10.train_list, *CIFAR10.test_list):
            (folder / each).write_bytes(sound)
    monkeypatch.setenv("IMBALEARN_DATA", str(tmp_path))
    refused(imbalearn("run", "--dry-run", "--data", "cifar10:download=false"), 2, trace)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", ["pt", "pth", "safetensors"])
def test_pretrained_weights(
    *, tmp_path: Path, hostile: dict[str, bytes], trace: Path, imbalearn, suffix: str, form: str
) -> None:
    file = tmp_path / f"weights.{suffix}"
    file.write_bytes(hostile[form])
    backbone = f"resnet20:pretrained={file}"
    refused(imbalearn("run", "--dry-run", "--data", "digits", "--backbone", backbone), 2, trace)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "words", [("--config", "{}"), ("--recipe", "{}"), ("--imbalance", "manifest:path={}")], ids=lambda words: words[0]
)
def test_configurations_recipes_and_subsets(
    *, tmp_path: Path, hostile: dict[str, bytes], trace: Path, imbalearn, words: tuple[str, str], form: str
) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(hostile[form])
    refused(imbalearn("run", "--dry-run", words[0], words[1].format(file)), 2, trace)


@pytest.mark.parametrize("form", FORMS)
def test_configuration_of_a_run(
    *, stopped: Path, hostile: dict[str, bytes], trace: Path, imbalearn, plugin: list[str], form: str
) -> None:
    (stopped / "config.toml").write_bytes(hostile[form])
    refused(imbalearn("resume", stopped, *plugin), 2, trace)
