import io
import json
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode
from imbalearn_torch.data.recognise import recognise
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.grammar import format_spec


def load(path, **options):
    return build("dataset", format_spec("parquet", {"path": path, **options}))


@pytest.fixture
def write(tmp_path, image_of):
    """Write a file of random images with these labels; their pixels are returned, [N, H, W, C]."""

    def save(name, labels, *, mode="RGB", size=(8, 8), names=None, images=None):
        pictures = [image_of(mode, size, seed) for seed in range(len(labels))]
        if images is None:
            images = [{"bytes": as_bytes(picture), "path": f"{n}.png"} for n, picture in enumerate(pictures)]
        table = pa.table({"image": images, "label": labels})
        if names:
            features = {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
            table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pq.write_table(table, tmp_path / name)
        return np.stack([np.array(picture) for picture in pictures])

    return save


def as_bytes(image):
    stream = io.BytesIO()
    image.save(stream, "png")
    return stream.getvalue()


def test_a_folder_as_on_the_hub(write, tmp_path):
    first = write("data/train-00000-of-00002.parquet", [0, 2], names=["cat", "dog", "emu"])
    second = write("data/train-00001-of-00002.parquet", [1], names=["cat", "dog", "emu"])
    test = write("data/test-00000-of-00001.parquet", [1, 1], names=["cat", "dog", "emu"])
    data = build("dataset", recognise(tmp_path))
    assert check_dataset(data) == ()
    assert data.classes == ("cat", "dog", "emu")
    assert data.train.targets.tolist() == [0, 2, 1]
    decoded = decode(data.train.inputs, torch.arange(3))
    assert torch.equal(decoded.permute(0, 2, 3, 1), torch.from_numpy(np.concatenate([first, second])))
    assert data.test is not None
    assert torch.equal(data.test.inputs[1].permute(1, 2, 0), torch.from_numpy(test[1]))
    assert (data.validation, data.augment, data.imbalance) == (None, "crop:pad=1+flip+cutout:size=2", "none")


def test_a_single_grey_file_of_plain_bytes(write, tmp_path, image_of):
    images = [as_bytes(image_of("L", (8, 8), seed)) for seed in range(3)]
    pixels = write("train.parquet", [1, 0, 2], mode="L", images=images)
    data = load(tmp_path / "train.parquet", mean=(0.5,), std=(0.5,))
    assert data.classes == ("0", "1", "2")
    assert torch.equal(data.train.inputs[2], torch.from_numpy(pixels[2])[None])
    assert (data.test, data.augment, data.mean, data.std) == (None, "none", (0.5,), (0.5,))


def test_labels_of_text_become_sorted_classes_of_all_parts(write, tmp_path):
    write("train.parquet", ["emu", "cat"])
    write("validation.parquet", ["dog", "emu"])
    data = load(tmp_path)
    assert data.classes == ("cat", "dog", "emu")
    assert data.validation is not None
    assert (data.train.targets.tolist(), data.validation.targets.tolist()) == ([2, 0], [1, 2])


def test_nothing_is_decoded_before_it_is_asked_for(write, tmp_path):
    broken = {"bytes": b"no image", "path": "1.png"}
    write("good.parquet", [0])
    good = pq.read_table(tmp_path / "good.parquet")["image"][0].as_py()
    write("train.parquet", [0, 1, 0], images=[good, broken, good])
    data = load(tmp_path / "train.parquet")
    assert data.train.targets.tolist() == [0, 1, 0]
    with pytest.raises(DataError, match=r"1 of 3 images .*\n  .*train.parquet \(train\), row 1: no image that PIL can"):
        decode(data.train.inputs, torch.arange(3))


def test_sizes_that_differ_are_made_alike_or_refused(write, tmp_path):
    write("train.parquet", [0, 1], size=(8, 8))
    write("test.parquet", [0, 1], size=(9, 8))
    data = load(tmp_path)
    assert data.test is not None
    with pytest.raises(DataError, match=r"\(test\), row 0: it is 8x9, others are 8x8; give `size=`"):
        decode(data.test.inputs, torch.arange(2))
    data = load(tmp_path, size=6)
    assert data.test is not None
    assert decode(data.test.inputs, torch.arange(2)).shape == (2, 3, 6, 6)


def test_it_pickles(write, tmp_path):
    pixels = write("train.parquet", [0, 1])
    data = pickle.loads(pickle.dumps(load(tmp_path)))
    assert torch.equal(data.train.inputs[1].permute(1, 2, 0), torch.from_numpy(pixels[1]))


def test_missing_values_are_named_by_row(write, tmp_path):
    write("train.parquet", [0, None, 1, None])
    with pytest.raises(DataError, match=r"\(train\): column 'label' has no value in rows 1, 3"):
        load(tmp_path)
    write("train.parquet", [0, 1], images=[{"bytes": b"x", "path": None}, {"bytes": None, "path": "elsewhere.png"}])
    with pytest.raises(DataError, match=r"\(train\): column 'image' has no value in row 1"):
        load(tmp_path)


def test_no_rows_and_no_readable_image(write, tmp_path):
    write("train.parquet", [0, 1], images=[b"no", b"image"])
    with pytest.raises(DataError, match=r"\(train\): no image of 2 can be read"):
        load(tmp_path)
    pq.write_table(pq.read_table(tmp_path / "train.parquet").slice(0, 0), tmp_path / "train.parquet")
    with pytest.raises(DataError, match=r"\(train\) has no rows"):
        load(tmp_path)


def test_labels_that_are_numbers_of_something_else(write, tmp_path):
    write("train.parquet", [0, 10**12])
    with pytest.raises(DataError, match="one of 2 samples has the label 1000000000000"):
        load(tmp_path)


def test_negative_labels_are_left_to_the_check(write, tmp_path):
    write("train.parquet", [0, 1])
    write("test.parquet", [-1, -1])
    with pytest.raises(DataError, match=r"the test targets must be in 0..1, but row 0 is -1, row 1 is -1"):
        check_dataset(load(tmp_path))


def test_options(write, tmp_path):
    write("train.parquet", [0, 1])
    assert load(tmp_path, image="image", label="label").train.targets.tolist() == [0, 1]
    with pytest.raises(OptionError, match="dataset 'parquet': Expected `label` to be one of the columns label"):
        load(tmp_path, label="fine_label")
    with pytest.raises(OptionError, match="`mean` to be 3 numbers"):
        load(tmp_path, mean=(0.5,))
    with pytest.raises(OptionError, match="`size` to be >= 1"):
        load(tmp_path, size=0)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "classes", "last"), [("cifar10", 10, "truck"), ("cifar100", 100, "worm")])
def test_real_cifar(shared, name, classes, last):
    data = build("dataset", recognise(shared / "data" / name))
    assert check_dataset(data) == ()
    assert (len(data.classes), data.classes[-1]) == (classes, last)
    assert data.test is not None
    # Krizhevsky 2009: as many images of every class, 50,000 and 10,000 in all.
    assert torch.bincount(data.train.targets).tolist() == [50000 // classes] * classes
    assert torch.bincount(data.test.targets).tolist() == [10000 // classes] * classes
    images = decode(data.train.inputs, torch.arange(0, 50000, 500))
    assert images.shape == (100, 3, 32, 32)
    assert 100 < images.double().mean() < 140  # the published channel means lie between 112 and 129
    assert data.augment == "crop:pad=4+flip+cutout:size=8"
