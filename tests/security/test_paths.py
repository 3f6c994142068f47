"""Names in lists, symbolic links in data and run folders, and members of archives stay inside their root."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imbalearn_torch import build
from imbalearn_torch.errors import DataError
from imbalearn_torch.plugin.grammar import format_spec


@pytest.fixture
def image():
    """Save a picture of random pixels."""
    draw = np.random.default_rng(0)

    def save(file: Path) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(file)
        return file

    return save


@pytest.fixture
def data(tmp_path: Path, image) -> Path:
    """A folder of two classes with two images each, and an image beside the folder."""
    for name in ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"):
        image(tmp_path / "data" / name)
    image(tmp_path / "private.png")
    return tmp_path / "data"


def opened(kind: str, path: Path, **options: object):
    return build("dataset", format_spec(kind, {"path": path, **options}))


def write_list(kind: str, folder: Path, names: list[str]) -> Path:
    header, line = ("", "{} {}\n") if kind == "list" else ("file,label\n", "{},{}\n")
    file = folder / f"images.{kind}"
    file.write_text(header + "".join(line.format(name, row % 2) for row, name in enumerate(names)), encoding="utf-8")
    return file


INSIDE = ["cat/1.png", "dog/1.png", "./cat/../dog/2.png"]


@pytest.mark.parametrize("kind", ["list", "csv"])
@pytest.mark.parametrize("name", ["../private.png", "cat/../../private.png", "../../../../../etc/passwd", ".."])
def test_a_relative_name_does_not_lead_out(data: Path, kind: str, name: str) -> None:
    with pytest.raises(DataError, match=r"1 of the files lead out of .*data: .*give `images=`"):
        opened(kind, write_list(kind, data, [*INSIDE, name]))


@pytest.mark.parametrize("kind", ["list", "csv"])
def test_absolute_names_and_a_wider_folder_are_the_users_own_word(data: Path, kind: str) -> None:
    absolute = write_list(kind, data, [*INSIDE, str(data.parent / "private.png")])
    assert len(opened(kind, absolute).train.inputs) == 4
    wider = write_list(kind, data, [f"data/{each}" for each in INSIDE] + ["private.png"])
    assert len(opened(kind, wider, images=data.parent).train.inputs) == 4


@pytest.mark.parametrize("kind", ["list", "csv", "folder"])
def test_a_link_to_a_file_outside(data: Path, kind: str) -> None:
    (data / "cat/3.png").symlink_to(data.parent / "private.png")
    path = data if kind == "folder" else write_list(kind, data, [*INSIDE, "cat/3.png"])
    with pytest.raises(DataError, match=r"1 of the files lead out of .*cat/3.png is .*private.png"):
        opened(kind, path)


@pytest.mark.parametrize("target", ["..", "../other"])
def test_a_link_to_a_folder_outside(data: Path, image, target: str) -> None:
    image(data.parent / "other/1.png")
    (data / "eel").symlink_to(data / target)
    with pytest.raises(DataError, match="of the files lead out of"):
        opened("folder", data)


@pytest.mark.parametrize("kind", ["list", "csv", "folder"])
def test_links_inside_are_followed_also_where_the_root_is_one(data: Path, kind: str) -> None:
    (data / "cat/3.png").symlink_to("../dog/1.png")
    (data.parent / "link").symlink_to(data)
    root = data.parent / "link"
    path = root if kind == "folder" else write_list(kind, root, [*INSIDE, "cat/3.png"])
    assert len(opened(kind, path).train.inputs) == (5 if kind == "folder" else 4)


def test_a_snapshot_of_the_hub_links_to_its_blobs(data: Path) -> None:
    blobs, snapshot = data / "hub/blobs", data / "hub/snapshots/0123abc"
    blobs.mkdir(parents=True)
    for number, name in enumerate(("cat/1.png", "dog/1.png")):
        (data / name).rename(blobs / str(number))
        (snapshot / name).parent.mkdir(parents=True)
        (snapshot / name).symlink_to(f"../../../blobs/{number}")
    assert len(opened("folder", snapshot).train.inputs) == 2
    (snapshot / "cat/2.png").symlink_to(data.parent / "private.png")
    with pytest.raises(DataError, match="1 of the files lead out of"):
        opened("folder", snapshot)


def test_parquet_files_of_a_folder(data: Path) -> None:
    (data.parent / "elsewhere").write_bytes(b"PAR1")
    (data / "train.parquet").symlink_to(data.parent / "elsewhere")
    with pytest.raises(DataError, match="1 of the files lead out of"):
        opened("parquet", data)


@pytest.mark.parametrize(
    ("link", "command"),
    [
        ("log.txt", ("resume",)),
        (".lock", ("resume",)),
        ("metrics.jsonl", ("resume",)),
        ("checkpoints", ("resume",)),
        ("checkpoints/00000000", ("resume",)),
        ("report.html", ("report",)),
        ("predictions.npz", ("report",)),
        (".lock", ("report",)),
        ("result.json", ("adjust",)),
        ("adjusted", ("adjust", "--save", "--adjust", "temperature")),
    ],
)
def test_run_folders(*, copied: Path, imbalearn, plugin: list[str], link: str, command: tuple[str, ...]) -> None:
    if command[0] == "resume":
        (copied / "manifest.json").unlink()
    outside, inside = copied.parent / "outside", copied / link
    if inside.exists():
        inside.rename(outside)
    elif link in {"adjusted", "checkpoints/00000000"}:
        outside.mkdir()
    else:
        outside.write_text("mine")
    before = outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*"))
    inside.symlink_to(outside)
    done = imbalearn(command[0], copied, *command[1:], *(plugin if command[0] != "report" else ()))
    assert done.exit_code == 2, done.output
    assert done.stderr.count("error: ") == 1
    assert f"has a symbolic link that leads out of it, {link} to {outside}" in done.stderr
    assert (outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*"))) == before


def test_a_run_folder_may_itself_be_a_link(copied: Path, imbalearn) -> None:
    (copied.parent / "link").symlink_to(copied)
    assert imbalearn("report", copied.parent / "link").exit_code == 0


@pytest.mark.parametrize("name", ["../../escaped", "/tmp/escaped", "cifar-10-batches-py/../../escaped"])
def test_archives(tmp_path: Path, imbalearn, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """CIFAR's archive has a digest that is checked first; one with the right digest could still not lead out."""
    from torchvision.datasets import CIFAR10, utils

    root = tmp_path / "a/b"
    root.mkdir(parents=True)
    with tarfile.open(root / CIFAR10.filename, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    monkeypatch.setattr(utils, "check_integrity", lambda *_: True)
    monkeypatch.setenv("IMBALEARN_DATA", str(root))
    before = tarfile.TarFile.extraction_filter
    done = imbalearn("run", "--dry-run", "--data", "cifar10")
    assert done.exit_code == 2, done.output
    assert done.stderr.count("error: ") == 1
    assert all(each.is_relative_to(root) for each in tmp_path.rglob("escaped"))
    assert not Path("/tmp/escaped").exists()
    assert tarfile.TarFile.extraction_filter is before
