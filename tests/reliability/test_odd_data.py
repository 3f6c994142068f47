"""Faults 22, 24 and 25, and data that are odd but no mistake: each works, or is one clear sentence."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from tiny_data import FIXED, data_of, pictures, samples, session_of
from tiny_runs import TINY_PLUGIN

import imbalearn_torch as ibt
from imbalearn_torch.cli import app
from imbalearn_torch.experiments.train import trainer_of


def cli(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def run_file(data: str, out: Path, *more: str | Path) -> Result:
    fixed = ("--backbone", "local/linear", "--optimizer", "sgd:lr=0.05", "--epochs", "1", "--threads", "1")
    plugin = ("--precision", "fp32", "--plugin", TINY_PLUGIN, "--quiet")
    return cli("run", "--data", data, *fixed, *plugin, "--out", out, *more)


def result_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "result.json").read_bytes().decode("utf-8", "strict"))


def refused(done: Result) -> str:
    assert done.exit_code == 2, done.output
    [line] = done.stderr.splitlines()
    return line


# 22 and 24: a class with one image, a class that validation lacks


def test_the_one_image_of_a_class_is_trained_on_and_validation_says_what_it_covers(tmp_path: Path) -> None:
    config = ibt.RunConfig(data=data_of((30, 12, 1), (4, 4, 4)), val_fraction=0.2, **FIXED)
    done = ibt.run(config, tmp_path / "run")
    data, val = done.result["data"], done.result["metrics"]["val"]
    assert (data["train_counts"][2], data["val_counts"][2]) == (1, 0)
    assert "1 of 3 classes ('c') have no validation image; its figures leave them out" in done.result["warnings"]
    assert (val["classes_covered"], done.result["metrics"]["test"]["classes_covered"]) == (2, 3)
    lone = val["per_class"][2]
    assert lone["test_count"] == 0
    assert [lone[name] for name in ("recall", "f1", "recall_low", "recall_high") if name in lone] == [
        None for name in ("recall", "f1", "recall_low", "recall_high") if name in lone
    ]
    groups = val["groups"]
    assert sum(group["classes"] for group in groups.values()) == 3
    assert sum(group["classes_covered"] for group in groups.values()) == 2
    # By hand: means over the two classes that there are.
    confusion = [val["per_class"][label]["recall"] for label in (0, 1)]
    assert val["balanced_accuracy"] == pytest.approx(sum(confusion) / 2)
    assert val["worst_class_recall"] == min(confusion)
    [row] = [json.loads(line) for line in (done.folder / "metrics.jsonl").read_text().splitlines()]
    assert math.isfinite(row["val_macro_f1"]) and math.isfinite(row["val_loss"])


def test_no_class_can_be_validated() -> None:
    session = session_of(data_of((1, 1, 1), (2, 2, 2)))
    described = session.describe()
    assert "3 training images are too few to cut a validation part; there is none" in described["warnings"]
    assert (described["data"]["train_counts"], described["data"]["val_counts"]) == ([1, 1, 1], [0, 0, 0])
    trainer = trainer_of(session)
    trainer.train()
    assert "val_loss" not in trainer.progress.history[0] or trainer.progress.history[0]["val_loss"] is None


# 25: batch norm


def test_batch_norm_never_sees_a_batch_of_one() -> None:
    """33 images in batches of 16: the one that is left over takes part in another epoch, by the full batches' plan."""
    session = session_of(data_of((17, 16), (2, 2)), backbone="resnet20", batch_size=16, val_fraction=0.0)
    assert session.steps == 2
    sizes: list[int] = []
    session.components.backbone.register_forward_pre_hook(lambda module, given: sizes.append(len(given[0])))
    trainer_of(session).train()
    assert set(sizes) == {16}


def test_the_default_batch_of_tiny_data_is_two() -> None:
    session = session_of(data_of((2, 1), (1, 1)), val_fraction=0.0, backbone="resnet20")
    assert (session.config.batch_size, session.steps) == (2, 1)
    trainer = trainer_of(session)
    trainer.train()
    assert math.isfinite(trainer.progress.history[0]["train_loss"])


# also


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody answers at the discard port
    monkeypatch.setenv("IMBALEARN_DATA", str(tmp_path))
    line = refused(run_file("cifar10", tmp_path / "run"))
    assert "no good copy of CIFAR10" in line and "it could not be downloaded" in line
    assert "with a local copy of the images use --data parquet:path=FOLDER or folder:path=FOLDER" in line


def save(file: Path, mode: str = "RGB", size: tuple[int, int] = (8, 8), seed: int = 0) -> None:
    draw = np.random.Generator(np.random.PCG64(seed))
    file.parent.mkdir(parents=True, exist_ok=True)
    if mode == "I;16":
        Image.fromarray(draw.integers(0, 65536, size[::-1], dtype=np.uint16)).save(file)
    else:
        Image.fromarray(draw.integers(0, 256, (*size[::-1], 3), dtype=np.uint8)).convert(mode).save(file)


def classes_of_pictures(folder: Path, *names: str, **how: Any) -> None:
    for part, count in (("train", 10), ("test", 3)):
        for number, name in enumerate(names):
            for image in range(count):
                save(folder / part / name / f"{image}.png", seed=100 * number + image + 50 * (part == "test"), **how)


@pytest.fixture
def not_utf8(tmp_path: Path) -> Path:
    """Class folders of which one has a name in Latin-1."""
    folder, name = tmp_path / "pictures", os.fsdecode(b"caf\xe9")
    try:
        (tmp_path / name).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    classes_of_pictures(folder, name, "tea")
    return folder


def test_a_class_whose_name_is_no_utf8(not_utf8: Path, tmp_path: Path) -> None:
    torn = not_utf8 / "train" / os.fsdecode(b"caf\xe9") / "3.png"
    torn.write_bytes(b"")
    line = cli("run", "--data", f"folder:path={not_utf8}", "--out", tmp_path / "run").stderr.splitlines()[1]
    assert "caf\\udce9/3.png: no image that PIL can read" in line
    out = tmp_path / os.fsdecode(b"out \xe9")
    done = run_file(f"folder:path={not_utf8}", out, "--on-bad-image", "skip", "--json")
    assert done.exit_code == 0, done.output
    for text in (done.stdout, (out / "result.json").read_bytes().decode("utf-8", "strict")):
        result = json.loads(text)
        assert result["data"]["classes"] == ["caf\\xe9", "tea"]
        assert result["data"]["skipped_counts"] == [1, 0]
    for file in out.rglob("*.*"):
        if file.suffix in {".html", ".svg", ".csv", ".json", ".toml", ".txt", ".jsonl"}:
            file.read_bytes().decode("utf-8", "strict")
    assert "caf\\xe9" in (out / "report.html").read_text(encoding="utf-8")
    assert cli("run", "--config", out / "config.toml", "--plugin", TINY_PLUGIN, "--dry-run", "--quiet").exit_code == 0


def test_data_check_of_names_that_are_no_utf8(not_utf8: Path) -> None:
    (not_utf8 / "train" / os.fsdecode(b"caf\xe9") / "3.png").write_bytes(b"")
    done = cli("data", "check", not_utf8, "--json")
    assert done.exit_code == 1
    [problem] = json.loads(done.stdout)["problems"]
    assert problem["images"][0]["file"].endswith("3.png")


def test_a_folder_of_data_whose_name_is_no_utf8(not_utf8: Path, tmp_path: Path) -> None:
    moved = not_utf8.rename(tmp_path / os.fsdecode(b"\xff pictures"))
    assert run_file(f"{moved}", tmp_path / "run").exit_code == 0
    again = ("--config", tmp_path / "run" / "config.toml", "--plugin", TINY_PLUGIN, "--dry-run", "--json")
    done = cli("run", *again)
    assert done.exit_code == 0, done.output
    counted, config = json.loads(done.stdout)["data"], result_of(tmp_path / "run")["config"]
    assert counted["train_counts"] == result_of(tmp_path / "run")["data"]["train_counts"]
    assert json.loads(done.stdout)["config"]["data"] == config["data"]


def test_grey_colour_with_alpha_16_bits_and_many_sizes_together(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for number, mode in enumerate(("L", "RGB", "RGBA", "I;16", "P", "LA", "1")):
        for part in ("train", "test"):
            for image in range(4):
                save(folder / part / ("even", "odd")[image % 2] / f"{mode}{image}.png", mode, seed=number + 10 * image)
    assert json.loads(cli("data", "show", folder, "--json").stdout)["shape"] == [3, 8, 8]
    for part in ("train", "test"):  # and of many sizes
        for image in range(12):
            save(folder / part / "even" / f"size {image}.png", size=(3 + 7 * image, 90 - 7 * image), seed=image)
    assert json.loads(cli("data", "show", folder, "--json").stdout)["shape"] == [3, 64, 64]
    done = run_file(f"folder:path={folder}", tmp_path / "run")
    assert done.exit_code == 0, done.output
    assert result_of(tmp_path / "run")["data"]["test_counts"] == [26, 14]


def test_the_same_file_in_training_and_test_is_found_by_data_check(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    classes_of_pictures(folder, "a", "b")
    assert cli("data", "check", folder).exit_code == 0
    copied = folder / "test" / "a" / "copy.png"
    copied.write_bytes((folder / "train" / "a" / "4.png").read_bytes())
    done = cli("data", "check", folder)
    assert done.exit_code == 1
    assert "the same picture in two parts: 1" in done.stdout
    assert f"{folder / 'train' / 'a' / '4.png'} (a) = {copied} (a)" in done.stdout


def test_one_class_only(tmp_path: Path) -> None:
    data = ibt.Dataset(train=samples(30), test=samples(6), classes=("all",))
    result = ibt.run(ibt.RunConfig(data=data, **FIXED), tmp_path / "run").result
    assert "the data have a single class, 'all': there is nothing to tell apart" in result["warnings"]
    assert (result["metrics"]["test"]["accuracy"], result["metrics"]["test"]["macro_auroc"]) == (1.0, None)


@pytest.mark.parametrize("profile", ["exp:ratio=1", "step:ratio=1,head=1"])
def test_ratio_1_keeps_every_class_alike(profile: str) -> None:
    session = session_of(data_of((20, 30, 25), (2, 2, 2)), imbalance=profile, val_fraction=0.0)
    assert session.components.stats.counts.tolist() == [20, 20, 20]


def test_an_empty_test_part(tmp_path: Path) -> None:
    arrays = {"x_train": pictures(20)[:, 0].numpy(), "y_train": np.arange(20) % 2}
    np.savez(tmp_path / "a.npz", **arrays, x_test=arrays["x_train"][:0], y_test=arrays["y_train"][:0])
    assert "the labels of test must be [N] or [N, 1], N > 0" in refused(run_file(f"{tmp_path}/a.npz", tmp_path / "run"))
    classes_of_pictures(tmp_path / "pictures", "a", "b")
    for file in (tmp_path / "pictures" / "test").rglob("*.png"):
        file.unlink()
    assert "the test part is empty" in refused(run_file(f"folder:path={tmp_path / 'pictures'}", tmp_path / "run"))


def test_a_batch_larger_than_the_data(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=pictures(40)[:, 0].numpy(), y=np.arange(40) % 2)
    line = refused(run_file(f"{tmp_path}/a.npz", tmp_path / "run", "--batch-size", "500"))
    # 40 less a fifth for the test part and a tenth of the rest for validation
    assert line == "error: option 'batch_size' expects at most the 29 images of an epoch, got 500"


def test_a_training_part_smaller_than_one_default_batch() -> None:
    """The default of 96 becomes an eighth of the data, and all of them are drawn."""
    session = session_of(data_of((30, 20), (2, 2)), val_fraction=0.0)
    assert (session.config.batch_size, session.steps) == (50 // 8, 8)
    trainer = trainer_of(session)
    trainer.train()
    assert int(trainer.drawn.sum()) == 48
