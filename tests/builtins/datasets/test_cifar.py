"""The real loading code on small files in the published format, and what is said when there are none."""

import hashlib
import pickle
from urllib.error import URLError

import numpy as np
import pytest
import torch
from torchvision import datasets
from torchvision.datasets import cifar as torchvision_cifar

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.errors import DataError


def write(folder, name, content):
    folder.mkdir(exist_ok=True)
    data = pickle.dumps(content)
    (folder / name).write_bytes(data)
    return [name, hashlib.md5(data).hexdigest()]


def batch(key, labels, seed):
    pixels = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (len(labels), 3072), dtype=np.uint8)
    return {"data": pixels, key: labels}


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr(torchvision_cifar, "download_and_extract_archive", refuse)


@pytest.fixture
def published(tmp_path, monkeypatch, no_network):
    """A copy of two training batches and a test batch, with the checksums that torchvision asks for."""

    def publish(name, key, names_key, names):
        source = getattr(datasets, name)
        folder = tmp_path / source.base_folder
        train = [batch(key, [0, 1, 2], 0), batch(key, [2, 1], 1)]
        test = batch(key, [1, 0], 2)
        listed = [write(folder, f"train_{number}", content) for number, content in enumerate(train)]
        monkeypatch.setattr(source, "train_list", listed)
        monkeypatch.setattr(source, "test_list", [write(folder, "test", test)])
        file, checksum = write(folder, "meta", {names_key: names})
        monkeypatch.setattr(source, "meta", {"filename": file, "key": names_key, "md5": checksum})
        return np.concatenate([each["data"] for each in train]), test["data"]

    return publish


@pytest.mark.parametrize(
    "form",
    [("CIFAR10", "labels", "label_names"), ("CIFAR100", "fine_labels", "fine_label_names")],
)
def test_a_copy_needs_no_network(form, published, tmp_path, capsys):
    name, key, names_key = form
    train, test = published(name, key, names_key, ["airplane", "bird", "cat"])
    data = build("dataset", name.lower(), root=tmp_path)
    assert check_dataset(data) == ()
    # The published rows are 1,024 red, then green, then blue pixels, row by row: [C, H, W] as they lie.
    assert torch.equal(data.train.inputs, torch.from_numpy(train.reshape(-1, 3, 32, 32)))
    assert data.test is not None
    assert torch.equal(data.test.inputs, torch.from_numpy(test.reshape(-1, 3, 32, 32)))
    assert data.train.inputs.is_contiguous()
    assert (data.train.targets.tolist(), data.test.targets.tolist()) == ([0, 1, 2, 2, 1], [1, 0])
    assert data.classes == ("airplane", "bird", "cat")
    assert (data.augment, data.imbalance) == ("crop:pad=4+flip+cutout:size=8", "none")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_without_copy_and_network(name, no_network, tmp_path):
    with pytest.raises(DataError) as caught:
        build("dataset", name, root=tmp_path)
    message = str(caught.value)
    for part in (name.upper(), str(tmp_path), "no route to host", "--data parquet:path=FOLDER", "python.tar.gz"):
        assert part in message


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_the_network_is_not_asked_without_leave(name, monkeypatch, tmp_path):
    def asked(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(torchvision_cifar, "download_and_extract_archive", asked)
    with pytest.raises(DataError, match=rf"no good copy of {name.upper()} .*, and `download` is false; with a local"):
        build("dataset", f"{name}:download=false", root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_used_without_download(published, tmp_path):
    published("CIFAR10", "labels", "label_names", ["airplane", "bird", "cat"])
    assert build("dataset", "cifar10:download=false", root=tmp_path).classes == ("airplane", "bird", "cat")


def test_a_damaged_copy_is_not_used(published, tmp_path):
    published("CIFAR10", "labels", "label_names", ["airplane", "bird", "cat"])
    file = tmp_path / datasets.CIFAR10.base_folder / "test"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match="no good copy of CIFAR10"):
        build("dataset", "cifar10", root=tmp_path)
