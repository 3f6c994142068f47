"""Fault 20: corrupt, truncated, empty files and files that are no images, wherever data are read."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from broken_pictures import FAULTS, NAMES, half, save_pictures
from click.testing import CliRunner, Result
from PIL import ImageFile
from stopped import StopAt
from tiny_runs import TINY_PLUGIN

import imbalearn_torch as ibt
from imbalearn_builtins.datasets.whole_images import whole_images
from imbalearn_torch.cli import app
from imbalearn_torch.errors import CheckpointError, RunInterrupted, UnreadableError
from imbalearn_torch.experiments.open_data import open_data
from imbalearn_torch.experiments.resolve import resolve_run

LINEAR = {"backbone": "local/linear", "optimizer": "sgd:lr=0.05", "epochs": "1", "threads": "1", "precision": "fp32"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_pictures(tmp_path_factory.mktemp("sound") / "flowers")


@pytest.fixture
def broken(sound: Path, tmp_path: Path) -> Path:
    """The same folder with every kind of fault in it."""
    folder = shutil.copytree(sound, tmp_path / "broken")
    for name, damage in FAULTS.items():
        damage(folder / name)
    return folder


@pytest.fixture
def without(sound: Path, tmp_path: Path) -> Path:
    """The same folder without those files."""
    folder = shutil.copytree(sound, tmp_path / "without")
    for name in FAULTS:
        (folder / name).unlink()
    return folder


def run(folder: Path | str, out: Path, *more: str) -> Result:
    data = str(folder) if str(folder).startswith(("folder:", "parquet:")) else f"folder:path={folder}"
    settings = [word for name, value in LINEAR.items() for word in (f"--{name}", value)]
    words = ["run", "--data", data, *settings, "--plugin", str(TINY_PLUGIN), "--quiet", "--out", str(out), *more]
    return CliRunner().invoke(app, words)


def told(done: Result) -> list[str]:
    return [line.removeprefix("error:").strip() for line in done.stderr.splitlines()]


def result_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("loader", ["auto", "memory"])
def test_one_error_names_every_bad_image_of_every_part(broken: Path, tmp_path: Path, loader: str) -> None:
    done = run(broken, tmp_path / "run", "--loader", loader)
    assert done.exit_code == 2, done.output
    first, *others = told(done)
    assert first == "5 of 75 images cannot be used (--on-bad-image skip goes on without what cannot be read):"
    assert {line.partition(": ")[0] for line in others} == {str(broken / name) for name in FAULTS}
    assert not (tmp_path / "run").exists()  # nothing was trained


def test_ten_are_named_and_the_others_counted(broken: Path, tmp_path: Path) -> None:
    for file in (broken / "train" / "rose").iterdir():
        half(file)
    first, *others = told(run(broken, tmp_path / "run"))
    assert first.startswith("28 of 75 images cannot be used")
    assert (len(others), others[-1]) == (11, "and 18 more")


def test_streamed_test_images_are_looked_at_before_training(sound: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(sound, tmp_path / "broken")
    half(folder / "test/rose/04.png")
    done = run(folder, tmp_path / "run", "--loader", "stream", "--workers", "0")
    assert (done.exit_code, told(done)[1].partition(": ")[0]) == (2, str(folder / "test/rose/04.png"))
    assert not (tmp_path / "run").exists()


def test_skipping_gives_the_bytes_of_a_run_without_those_files(broken: Path, without: Path, tmp_path: Path) -> None:
    removed = run(without, tmp_path / "removed", "--loader", "memory")
    assert removed.exit_code == 0, removed.output
    other = result_of(tmp_path / "removed")
    assert other["data"].pop("skipped_counts") == [0, 0, 0]
    for loader in (("--loader", "memory"), ("--loader", "stream", "--workers", "0")):
        folder = tmp_path / loader[1]
        done = run(broken, folder, "--on-bad-image", "skip", *loader)
        assert done.exit_code == 0, done.output
        one = result_of(folder)
        assert one["data"].pop("skipped_counts") == [2, 2, 1]
        assert (one["data"], one["metrics"]) == (other["data"], other["metrics"])
        assert one["data"]["test_counts"] == [5, 4, 5]
        for name in ("model.safetensors", "confusion.csv", "predictions.npz"):
            assert (folder / name).read_bytes() == (tmp_path / "removed" / name).read_bytes(), name
        [warning] = [text for text in one["warnings"] if "cannot be read" in text]
        assert warning.startswith("5 images cannot be read and are left out (aster 2, rose 2, tulip 1): ")
        assert all(str(broken / name) in warning for name in FAULTS)
        assert set(one["warnings"]) - {warning} == set(other["warnings"])


@pytest.mark.parametrize("has_test", [True, False])
def test_the_profile_and_every_cut_choose_among_the_sound_images(broken, without, has_test) -> None:
    known, chosen = ibt.registry(), []
    for folder in (broken, without):
        place = folder if has_test else folder / "train"
        options: dict[str, Any] = {"imbalance": "exp:ratio=4", "subset_seed": 3, "on_bad_image": "skip"}
        data = open_data(resolve_run(ibt.RunConfig(data=f"folder:path={place}", **options), known), place)
        parts = {
            name: [Path(part.source.inputs.paths[row]).relative_to(folder) for row in part.indices.tolist()]
            for name, part in data.parts.items()
        }
        chosen.append(parts)
    assert chosen[0] == chosen[1]
    assert set(chosen[0]) == {"train", "validation", "test"}


def test_a_dry_run_counts_the_sound_images(broken: Path, tmp_path: Path) -> None:
    done = run(broken, tmp_path / "run", "--on-bad-image", "skip", "--dry-run", "--json", "--val-fraction", "0")
    described = json.loads(done.stdout)
    assert described["data"]["train_counts"] == [14, 23, 19]
    assert described["data"]["skipped_counts"] == [2, 2, 1]
    assert described["config"]["on_bad_image"] == "skip"


def test_a_class_that_loses_all_its_images_keeps_its_place(broken: Path, tmp_path: Path) -> None:
    for file in (broken / "train" / "rose").iterdir():
        file.write_bytes(b"")
    done = run(broken, tmp_path / "run", "--on-bad-image", "skip", "--val-fraction", "0", "--loss", "balanced-softmax")
    assert done.exit_code == 0, done.output
    result = result_of(tmp_path / "run")
    assert result["data"]["classes"] == list(NAMES)
    assert result["data"]["train_counts"] == [14, 0, 19]
    assert any("no training image is left of 1 of 3 classes ('rose')" in text for text in result["warnings"])


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_without_a_sound_image_is_one_sentence(sound: Path, tmp_path: Path, part: str) -> None:
    folder = shutil.copytree(sound, tmp_path / "broken")
    for file in (folder / part).rglob("*.png"):
        half(file)  # their headers are whole
    done = run(folder, tmp_path / "run", "--on-bad-image", "skip")
    assert done.exit_code == 2
    said = {"train": "not one training image can be read:", "test": "the test part has no image left that can be read"}
    assert told(done)[0] == said[part]


def test_a_resumed_run_skips_the_same_and_notices_a_change(broken: Path, tmp_path: Path, same) -> None:
    def config() -> ibt.RunConfig:
        data, backbone = f"folder:path={broken}", "small-cnn"
        fixed: dict[str, Any] = {"threads": 1, "precision": "fp32", "epochs": 2, "batch_size": 16}
        return ibt.RunConfig(data=data, backbone=backbone, on_bad_image="skip", **fixed)

    whole = ibt.run(config(), tmp_path / "whole").folder
    for name in ("stopped", "changed"):
        with pytest.raises(RunInterrupted):
            ibt.run(config(), tmp_path / name, StopAt(3))
    ibt.resume(tmp_path / "stopped")
    same(tmp_path / "stopped", whole)
    shutil.copy(broken / "test/rose/03.png", broken / "test/rose/04.png")  # mended, in the test part alone
    with pytest.raises(
        CheckpointError, match=r"skipped_images: '5 images, sha256 .*' there, '4 images, sha256 .*' here"
    ):
        ibt.resume(tmp_path / "changed")


@pytest.fixture
def table(sound: Path, tmp_path: Path) -> Path:
    """Two training files and one test file of 12 rows each; row 1 of the second training file is torn."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    folder, files = tmp_path / "table", sorted((sound / "train").rglob("*.png"))
    folder.mkdir()
    for number, name in enumerate(("train-0", "train-1", "test-0")):
        some = files[number::5][:12]
        images = [file.read_bytes() for file in some]
        images[1] = images[1][:100] if name == "train-1" else images[1]
        labels = [NAMES.index(file.parent.name) for file in some]
        pq.write_table(pa.table({"image": images, "label": labels}), folder / f"{name}.parquet")
    return folder


def test_a_torn_image_in_a_parquet_file_is_named_by_file_and_row(table: Path, tmp_path: Path) -> None:
    done = run(f"parquet:path={table}", tmp_path / "run")
    assert done.exit_code == 2
    assert told(done)[1].startswith(f"{table / 'train-1.parquet'} (train), row 1: ")
    done = run(f"parquet:path={table}", tmp_path / "run", "--on-bad-image", "skip", "--val-fraction", "0")
    assert done.exit_code == 0, done.output
    data = result_of(tmp_path / "run")["data"]
    assert (sum(data["train_counts"]), sum(data["skipped_counts"]), sum(data["test_counts"])) == (23, 1, 12)


def test_what_a_stranger_told_pil_does_not_matter(broken: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    done = run(broken, tmp_path / "run")
    assert told(done)[0].startswith("5 of 75 images cannot be used")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True  # theirs again
    with whole_images():
        with whole_images():
            pass
        assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_decompression_bomb_is_one_sentence(broken: Path, sound: Path, tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    folder = shutil.copytree(sound, tmp_path / "bombed")
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    (folder / "train/rose/bomb.png").write_bytes(bomb + chunk(b"IEND", b""))
    done = run(folder, tmp_path / "run")
    assert done.exit_code == 2
    [_, line] = told(done)
    assert line.startswith(f"{folder / 'train/rose/bomb.png'}: it has more pixels than PIL decodes")


def test_data_check_names_every_bad_image_also_those_that_the_profile_leaves_out(broken: Path) -> None:
    for profile in ("none", "counts:values=[1,1,1]"):
        done = CliRunner().invoke(app, ["data", "check", str(broken), "--imbalance", profile, "--json"])
        assert done.exit_code == 1
        found = [each for each in json.loads(done.stdout)["problems"] if each["kind"] == "unreadable"]
        files = {each["text"].partition(": ")[0] for each in found}
        headless = {str(broken / name) for name in ("train/aster/07.png", "train/rose/00.png", "test/rose/04.png")}
        assert headless <= files
        assert files == {str(broken / name) for name in FAULTS} or profile != "none"


class Shelf:
    """Somebody's images; some of them fail in ways of their own."""

    def __init__(self, count: int, torn: tuple[int, ...]) -> None:
        self.count, self.torn = count, torn

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: int) -> torch.Tensor:
        if row in self.torn:
            raise KeyError(f"no such tile: {row}")
        return torch.full((3, 8, 8), row, dtype=torch.uint8)


def test_images_of_somebodys_own_data_set(tmp_path: Path) -> None:
    def config(policy: Literal["error", "skip"]) -> ibt.RunConfig:
        train = ibt.Samples(Shelf(30, (0, 4)), torch.arange(30) % 2)
        test = ibt.Samples(Shelf(10, (9,)), torch.arange(10) % 2)
        data = ibt.Dataset(train=train, test=test, classes=("even", "odd"))
        fixed: dict[str, Any] = {"threads": 1, "precision": "fp32", "epochs": 0, "val_fraction": 0.0}
        return ibt.RunConfig(data=data, backbone="small-cnn", on_bad_image=policy, **fixed)

    with pytest.raises(UnreadableError) as caught:
        ibt.run(config("error"), tmp_path / "error")
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "image 0: KeyError: 'no such tile: 0'",
        "image 4: KeyError: 'no such tile: 4'",
        "image 9: KeyError: 'no such tile: 9'",
    ]
    data = ibt.run(config("skip"), tmp_path / "skip").result["data"]
    assert (data["train_counts"], data["test_counts"], data["skipped_counts"]) == ([13, 15], [5, 4], [2, 1])


def test_a_file_that_may_not_be_read_is_named(sound: Path, tmp_path: Path) -> None:
    """A folder in the place of a file, since root may read everything."""
    folder = shutil.copytree(sound, tmp_path / "broken")
    listed = tmp_path / "list.csv"
    rows = [f"{file},{file.parent.name}" for file in sorted((folder / "train").rglob("[0-9]*.png"))]
    listed.write_text("\n".join(["file,label", *rows, f"{folder / 'train/rose'},rose"]), encoding="utf-8")
    words = ["run", "--data", f"csv:path={listed}", "--plugin", str(TINY_PLUGIN), "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    [_, line] = told(done)
    assert line.startswith(f"{folder / 'train/rose'}: IsADirectoryError: {os.strerror(21)}")
