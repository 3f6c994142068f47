"""Data files and subset manifests: broken bytes and strange contents end in data or in an error of ours."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fuzzing import broken, changed, fuzz, ours
from hypothesis import strategies as st

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.manifest import manifest, subset_manifest
from imbalearn_torch.data.prepare import decode
from imbalearn_torch.plugin.grammar import format_spec

TARGETS = torch.tensor([0, 0, 1, 1, 1])
MANIFEST = {"schema_version": 1, **subset_manifest(torch.tensor([0, 2, 4]), TARGETS)}


def opened(kind: str, path: Path, **options: Any) -> None:
    """What a run does with a data set before it trains, down to the pixels."""
    with ours():
        dataset = build("dataset", format_spec(kind, {"path": path, **options}))
        list(check_dataset(dataset))
        for part in (dataset.train, dataset.test, dataset.validation):
            if part is not None:
                decode(part.inputs, torch.arange(min(3, len(part.targets))))


def npz_bytes(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


NPZ = npz_bytes(x=np.zeros((4, 8, 8), dtype=np.uint8), y=np.array([0, 1, 0, 1]), classes=np.array(["a", "b"]))


def parquet_bytes(png: bytes, **columns: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table(columns or {"image": [png] * 4, "label": [0, 1, 0, 1]}), stream)
    return stream.getvalue()


@fuzz(60, 2_000, content=broken(NPZ))
def test_npz_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "broken.npz"
    file.write_bytes(content)
    opened("npz", file)


SHAPES = st.lists(st.integers(0, 4), max_size=5).map(tuple)
TYPES = st.sampled_from(["u1", "i8", "u8", "f2", "f8", "?", "U3", "S2", "c8", "M8[s]", "V4", "i4,f8"])
ARRAYS = st.builds(
    lambda shape, kind, fill: np.full(shape, fill).astype(kind), SHAPES, TYPES, st.sampled_from([0, 1, 200])
)
KEYS = ["x", "y", "x_train", "y_train", "test_images", "test_labels", "x_val", "y_val", "classes", "a/b", "../x"]


@fuzz(80, 2_000, arrays=st.dictionaries(st.sampled_from(KEYS), ARRAYS, max_size=5))
def test_npz_of_strange_arrays(*, tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, np.ndarray]) -> None:
    file = tmp_path_factory.getbasetemp() / "strange.npz"
    np.savez(file, **arrays)
    opened("npz", file)


@fuzz(40, 2_000, data=st.data())
def test_parquet_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, png: bytes, data: st.DataObject) -> None:
    file = tmp_path_factory.getbasetemp() / "broken.parquet"
    file.write_bytes(data.draw(broken(parquet_bytes(png))))
    opened("parquet", file)


@fuzz(40, 2_000, data=st.data())
def test_parquet_of_strange_columns(
    *, tmp_path_factory: pytest.TempPathFactory, png: bytes, data: st.DataObject
) -> None:
    cells = [st.none() | st.just(png) | st.binary(max_size=8), st.integers(-(2**63), 2**63 - 1) | st.none()]
    cells += [st.text(max_size=4) | st.none(), st.floats() | st.none(), st.booleans()]
    rows = data.draw(st.integers(0, 4))
    columns = {
        name: data.draw(st.lists(data.draw(st.sampled_from(cells)), min_size=rows, max_size=rows))
        for name in data.draw(st.lists(st.sampled_from(["image", "label", "other", "a.b"]), min_size=1, unique=True))
    }
    file = tmp_path_factory.getbasetemp() / "strange.parquet"
    file.write_bytes(parquet_bytes(png, **columns))
    opened("parquet", file)


LIST = b"a.png 0\nb.png 1\nc d.png\t1\n"
CSV = b'file,label\na.png,cat\n"b.png","dog, big"\na.png,dog\n'


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory, png: bytes) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("a.png", "b.png", "c d.png"):
        (folder / name).write_bytes(png)
    return folder


WORDS = ["a.png", "b.png", " ", "\t", ",", '"', "\0", "..", "/", "0", "1", "-1", "1.5", "9" * 5000, "\n", "²", "file"]
LINES = st.lists(st.sampled_from([*WORDS, "label"]), max_size=16).map(lambda words: "".join(words).encode())


@fuzz(60, 2_000, data=st.data())
@pytest.mark.parametrize("kind", ["list", "csv"])
def test_lists_and_tables(*, pictures: Path, kind: str, data: st.DataObject) -> None:
    head = b"file,label\n" if kind == "csv" and data.draw(st.booleans()) else b""
    file = pictures / f"images.{kind}"
    file.write_bytes(data.draw(broken(LIST if kind == "list" else CSV) | LINES.map(lambda lines: head + lines)))
    opened(kind, file)


@fuzz(40, 2_000, data=st.data())
def test_pictures_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, png: bytes, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "folder"
    for name in ("cat/1.png", "dog/1.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(png)
    (folder / "cat/1.png").write_bytes(data.draw(broken(png)))
    opened("folder", folder)


def subset(file: Path) -> None:
    with ours():
        manifest(targets=TARGETS, candidates=torch.arange(5), path=file)


@fuzz(60, 2_000, content=broken(json.dumps(MANIFEST).encode()))
def test_manifests_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "subset.json"
    file.write_bytes(content)
    subset(file)


@fuzz(100, 2_000, data=st.data())
def test_manifests_with_other_values(*, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    file = tmp_path_factory.getbasetemp() / "subset.json"
    file.write_text(json.dumps(changed(MANIFEST, data.draw)), encoding="utf-8")
    subset(file)


def test_manifests_that_are_nested(tmp_path: Path) -> None:
    (tmp_path / "subset.json").write_text("[" * 100_000)
    subset(tmp_path / "subset.json")


def test_the_files_that_are_broken_are_sound(tmp_path: Path, pictures: Path, png: bytes) -> None:
    for kind, content in (("npz", NPZ), ("parquet", parquet_bytes(png)), ("list", LIST), ("csv", CSV)):
        file = (pictures if kind in {"list", "csv"} else tmp_path) / f"sound.{kind}"
        file.write_bytes(content)
        assert len(build("dataset", format_spec(kind, {"path": file})).train.targets) >= 3
    (tmp_path / "subset.json").write_text(json.dumps(MANIFEST))
    kept = manifest(targets=TARGETS, candidates=torch.arange(5), path=tmp_path / "subset.json")
    assert kept.indices.tolist() == [0, 2, 4]
