"""Runs whose images are streamed: the bytes of runs in memory, what is refused, what is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from stopped import StopAt

import imbalearn_torch as ibt
from imbalearn_torch.cli import app
from imbalearn_torch.data import prepare
from imbalearn_torch.errors import ConfigError, RunInterrupted

FILES = ("model.safetensors", "predictions.npz", "per_class.csv", "confusion.csv")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 training and 30 test images of 12 pixels in three classes; noise, a little brighter from class to class."""
    folder = tmp_path_factory.mktemp("pictures")
    draw = np.random.Generator(np.random.PCG64(0))
    for part, count in (("train", 60), ("test", 10)):
        for label in range(3):
            place = folder / part / f"c{label}"
            place.mkdir(parents=True)
            for number in range(count // (label + 1) if part == "train" else count):
                pixels = draw.integers(0, 160, (12, 12, 3), dtype=np.uint8) + 40 * label
                Image.fromarray(pixels.astype(np.uint8)).save(place / f"{number}.png")
    return folder


def settings(small: dict, pictures: Path, **more: Any) -> ibt.RunConfig:
    """The mix draws its partners by a sampler, so that there are two planned columns."""
    values = {"data": f"folder:path={pictures}", "mix": "balanced-mixup", "loss": "balanced-softmax", "batch_size": 16}
    return ibt.RunConfig(**small | values | more)


@pytest.fixture(scope="module")
def in_memory(small: dict, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = settings(small, pictures, loader="memory", adjust=("logit-adjustment", "tau-norm"))
    return ibt.run(config, out=tmp_path_factory.mktemp("memory") / "run").folder


def timeless(folder: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{name: value for name, value in row.items() if "second" not in name} for row in rows]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_streamed_run_ends_with_the_bytes_of_one_in_memory(small, pictures, in_memory, tmp_path, workers) -> None:
    adjust = ("logit-adjustment", "tau-norm")
    config = settings(small, pictures, loader="stream", workers=workers, adjust=adjust)
    folder = ibt.run(config, out=tmp_path / "run").folder
    for name in FILES:
        assert (folder / name).read_bytes() == (in_memory / name).read_bytes(), name
    assert timeless(folder) == timeless(in_memory)
    assert 'loader = "stream"' in (folder / "config.toml").read_text(encoding="utf-8")


def test_a_streamed_run_goes_on_in_the_middle_of_an_epoch(small, pictures, in_memory, tmp_path) -> None:
    adjust = ("logit-adjustment", "tau-norm")
    folder = tmp_path / "run"
    with pytest.raises(RunInterrupted):
        ibt.run(settings(small, pictures, loader="stream", workers=1, adjust=adjust), folder, StopAt(8))
    text = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(text.replace("workers = 1", "workers = 0"), encoding="utf-8")
    ibt.resume(folder)  # with another number of workers
    for name in FILES:
        assert (folder / name).read_bytes() == (in_memory / name).read_bytes(), name
    assert timeless(folder) == timeless(in_memory)


def test_auto_streams_what_would_fill_half_of_the_memory(small, pictures, tmp_path, monkeypatch) -> None:
    config = settings(small, pictures, epochs=0)
    done = ibt.run(config, out=tmp_path / "fits")
    assert (done.result["config"]["loader"], done.result["warnings"]) == ("memory", [])
    monkeypatch.setattr(prepare, "available_memory", lambda: 2 * 140 * 3 * 12 * 12 - 1)
    done = ibt.run(config, out=tmp_path / "fits not")
    assert done.result["config"]["loader"] == "stream"
    [said] = done.result["warnings"]
    assert said.startswith("140 samples of 3x12x12 need 0.0 GiB in memory, more than half of the 0.0 GiB left: ")


def test_samplers_that_make_samples_are_refused(small, pictures) -> None:
    class Doubling:
        def fit_resample(self, inputs, targets):
            return inputs, targets

    with pytest.raises(ConfigError, match=r"sampler Doubling makes new samples .*; use --loader memory"):
        ibt.run(settings(small, pictures, loader="stream", sampler=Doubling(), mix="none"))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_damaged_image_is_one_line_and_exit_code_2(small, pictures, tmp_path, workers) -> None:
    copy = tmp_path / "pictures"
    for file in sorted(pictures.rglob("*.png")):
        target = copy / file.relative_to(pictures)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    broken = copy / "train" / "c0" / "7.png"
    broken.write_bytes(broken.read_bytes()[:120])  # the header is whole
    options = ["--loader", "stream", "--workers", workers, "--epochs", "1", "--threads", "1", "--precision", "fp32"]
    given = ["--data", f"folder:path={copy},mean=[0.5,0.5,0.5],std=[0.2,0.2,0.2]", "--val-fraction", "0"]
    done = CliRunner().invoke(app, ["run", *given, *options, "--quiet", "--out", str(tmp_path / "run")])
    assert done.exit_code == 2, done.output
    [line] = done.stderr.splitlines()
    assert line.startswith(f"error: {broken}: ")


def test_memory_is_flat(pictures: Path, tmp_path: Path) -> None:
    """Resident sets after epochs 2 and 4, in a process of its own."""
    code = f"""
import imbalearn_torch as ibt
from imbalearn_torch.experiments.observer import Observer

class Watch(Observer):
    def on_epoch(self, row):
        pages = int(open("/proc/self/statm").read().split()[1])
        print(pages, flush=True)

config = ibt.RunConfig(data="folder:path={pictures},size=48", loader="stream", workers=1, epochs=4, threads=1,
                       precision="fp32", optimizer="sgd", batch_size=16)
ibt.run(config, out="{tmp_path / "run"}", observer=Watch())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    pages = [int(line) for line in done.stdout.split()]
    assert len(pages) == 4
    assert pages[3] < 1.05 * pages[1]
