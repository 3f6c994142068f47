"""Checkpoints and finished runs: broken files are found by their digests, and signed anew they are still refused."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fuzzing import broken, changed, fuzz, ours
from hypothesis import strategies as st

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments import compared_runs
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.experiments.read_record import read_record
from imbalearn_torch.experiments.report import page_of_run
from imbalearn_torch.experiments.run import read_result
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.training.checkpoint import latest_checkpoint, load_checkpoint, save_checkpoint

FILES = ("weights.safetensors", "state.pt", "manifest.json")
READ = ("result.json", "metrics.jsonl", "predictions.npz", "mistakes.npz")


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of step 7."""
    folder = tmp_path_factory.mktemp("checkpoints")
    state = {"identity": {"config": {}, "classes": ["a"]}, "progress": {"epoch": 1}, "drawn": torch.arange(3)}
    return save_checkpoint(folder, 7, {"network.weight": torch.ones(2, 2)}, state)


def copied(folder: Path, name: str, content: bytes, signed: bool) -> Path:
    """A copy with one file replaced; signed: its manifest says that this is how the file was written."""
    target = folder.parent.parent / "copies" / folder.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("checkpoints", "*.svg", "report.html"))
    (target / name).write_bytes(content)
    if signed and name != "manifest.json":
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
        (target / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return target


@fuzz(40, 800, data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_checkpoints_of_broken_bytes(*, saved: Path, name: str, data: st.DataObject) -> None:
    content, signed = data.draw(broken((saved / name).read_bytes())), data.draw(st.booleans())
    folder = copied(saved, name, content, signed)
    is_same = content == (saved / name).read_bytes()
    with ours():
        load_checkpoint(folder)
        assert is_same or signed
    with ours():
        latest_checkpoint(folder.parent)


@pytest.mark.parametrize("content", [[1], "text", 1, {1: 2}, {"identity": None}, torch.ones(2)], ids=str)
def test_a_state_that_is_none(*, saved: Path, content: Any) -> None:
    stream = io.BytesIO()
    torch.save(content, stream)
    folder = copied(saved, "state.pt", stream.getvalue(), signed=True)
    with ours():
        assert isinstance(load_checkpoint(folder)[1], dict)


def read(folder: Path, page: bool = False) -> None:
    """What report, adjust and compare read of a finished run; `page` makes the page as well."""
    with ours():
        read_record(folder)
    with ours():
        run = FinishedRun(folder, registry(plugins=False))
        _ = run.stored, run.seed, run.train_counts, run.group_counts, run.digests
    with ours():
        result = read_result(folder)
        compared_runs.figures_of(result)
        compared_runs.result_warnings({"a": [result], "b": [result]})
        compared_runs.test_labels(folder, result)
    if page:
        with ours():
            page_of_run(folder)


@fuzz(25, 800, data=st.data())
@pytest.mark.parametrize("name", READ)
def test_finished_runs_of_broken_bytes(*, finished: Path, name: str, data: st.DataObject) -> None:
    content = data.draw(broken((finished / name).read_bytes()))
    read(copied(finished, name, content, signed=True))


@pytest.mark.parametrize("name", READ)
def test_a_flipped_byte_is_found(*, finished: Path, name: str) -> None:
    content = bytearray((finished / name).read_bytes())
    content[len(content) // 2] ^= 1
    with pytest.raises(CheckpointError, match="is not what the run wrote"):
        FinishedRun(copied(finished, name, bytes(content), signed=False), registry(plugins=False)).intact(name)


@fuzz(60, 800, data=st.data())
def test_results_with_other_values(*, finished: Path, data: st.DataObject) -> None:
    result = json.loads((finished / "result.json").read_text(encoding="utf-8"))
    read(copied(finished, "result.json", json.dumps(changed(result, data.draw)).encode(), signed=True))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(20))
def test_pages_of_results_with_other_values(*, finished: Path, number: int) -> None:
    draw = np.random.default_rng(number)
    result = json.loads((finished / "result.json").read_text(encoding="utf-8"))
    place: Any = result
    while isinstance(place, (dict, list)) and place:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key: Any = keys[int(draw.integers(len(keys)))]
        if draw.random() < 0.3 or not isinstance(place[key], (dict, list)) or not place[key]:
            place[key] = [None, "x", [], {}, -1, 1e300, True][int(draw.integers(7))]
            break
        place = place[key]
    read(copied(finished, "result.json", json.dumps(result).encode(), signed=True), page=True)


@fuzz(30, 800, data=st.data())
def test_histories_with_other_values(*, finished: Path, data: st.DataObject) -> None:
    lines = [json.loads(line) for line in (finished / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(json.dumps(each) for each in [*lines[:-1], changed(lines[-1], data.draw)])
    read(copied(finished, "metrics.jsonl", text.encode(), signed=True))


@fuzz(50, 800, data=st.data())
def test_predictions_of_strange_arrays(*, finished: Path, data: st.DataObject) -> None:
    with np.load(finished / "predictions.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    name = data.draw(st.sampled_from([*sorted(arrays), "test_predictions", "test_confidence"]))
    shape = tuple(data.draw(st.lists(st.integers(0, 5), max_size=3)))
    kind = data.draw(st.sampled_from(["f4", "f8", "i8", "u1", "?", "U2", "c8", "M8[s]"]))
    stream = io.BytesIO()
    np.savez(stream, **arrays | {name: np.full(shape, data.draw(st.sampled_from([0, 1, 200]))).astype(kind)})
    read(copied(finished, "predictions.npz", stream.getvalue(), signed=True))


@fuzz(40, 800, data=st.data())
def test_manifests_of_runs(*, finished: Path, data: st.DataObject) -> None:
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    content = json.dumps(changed(manifest, data.draw)).encode()
    read(copied(finished, "manifest.json", data.draw(st.just(content) | broken(content)), signed=False))
