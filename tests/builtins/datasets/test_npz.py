import numpy as np
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.recognise import recognise
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.grammar import format_spec

IMAGES = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture
def load(tmp_path):
    def save_and_load(options=None, **arrays):
        np.savez(tmp_path / "data.npz", **arrays)
        return build("dataset", format_spec("npz", {"path": tmp_path / "data.npz", **(options or {})}))

    return save_and_load


@pytest.mark.parametrize(
    ("inputs", "targets", "part"),
    [
        ("x_{}", "y_{}", "val"),
        ("X_{}", "Y_{}", "valid"),
        ("{}_images", "{}_labels", "val"),  # MedMNIST
        ("{}_x", "{}_y", "validation"),
        ("data_{}", "targets_{}", "validation"),
    ],
)
def test_names_of_parts(load, inputs, targets, part):
    arrays = {}
    for number, name in enumerate(("train", "test", part)):
        arrays[inputs.format(name)] = IMAGES[number:]
        arrays[targets.format(name)] = LABELS[number:]
    data = load(**arrays, unrelated=np.zeros(3))
    assert check_dataset(data) == ()
    assert data.test is not None
    assert data.validation is not None
    for number, found in enumerate((data.train, data.test, data.validation)):
        assert torch.equal(found.inputs, torch.from_numpy(IMAGES[number:]).permute(0, 3, 1, 2))
        assert found.targets.tolist() == LABELS[number:].tolist()
    assert data.classes == ("0", "1", "2")
    assert (data.augment, data.imbalance) == ("crop:pad=4+flip+cutout:size=8", "none")


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [("x", "y"), ("images", "labels"), ("inputs", "targets"), ("data", "labels"), ("X", "y"), ("features", "target")],
)
def test_names_of_a_single_part(load, inputs, targets):
    data = load(**{inputs: IMAGES, targets: LABELS})
    assert (data.test, data.validation) == (None, None)
    assert data.train.targets.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("shape", "channels_first"),
    [
        ((2, 8, 9), (2, 1, 8, 9)),
        ((2, 8, 9, 3), (2, 3, 8, 9)),
        ((2, 8, 9, 1), (2, 1, 8, 9)),
        ((2, 3, 8, 9), (2, 3, 8, 9)),
        ((2, 1, 8, 9), (2, 1, 8, 9)),
        ((2, 3, 8, 3), (2, 3, 3, 8)),  # both alike: the last
        ((2, 13, 8, 9), (2, 9, 13, 8)),
        ((2, 4, 8, 9), (2, 4, 8, 9)),
        ((2, 8, 9, 4), (2, 4, 8, 9)),
    ],
)
def test_the_channel_axis(load, shape, channels_first):
    array = np.arange(np.prod(shape)).astype(np.uint8).reshape(shape)
    images = load(x=array, y=[0, 1]).train.inputs
    assert tuple(images.shape) == channels_first
    assert images.is_contiguous()
    expected = np.moveaxis(array[..., None], -1, 1) if array.ndim == 3 else array
    if tuple(images.shape) != shape and array.ndim == 4:
        expected = array.transpose(0, 3, 1, 2)
    assert images.tolist() == expected.tolist()


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_channels_of_more_images_than_are_moved_at_a_time(load, order):
    array = np.arange(2500 * 4 * 3 * 2, dtype=np.uint32).astype(np.uint8).reshape(2500, 4, 3, 2)
    images = load(x=np.asarray(array, order=order), y=np.arange(2500) % 3).train.inputs
    assert images.is_contiguous()
    assert torch.equal(images, torch.from_numpy(array).permute(0, 3, 1, 2))


@pytest.mark.parametrize("dtype", ["float64", "float32", ">f8", "int16", "bool"])
def test_a_table(load, dtype):
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    data = load({"mean": (0.5, 0.5, 1.0), "std": (1.0, 1.0, 2.0)}, x=values, y=LABELS[:2])
    assert data.train.inputs.dtype == torch.float32
    assert data.train.inputs.tolist() == values.astype(float).tolist()
    assert (data.augment, data.mean, data.std) == ("none", (0.5, 0.5, 1.0), (1.0, 1.0, 2.0))


def test_grey_images_are_not_augmented(load):
    assert load(x=IMAGES[..., 0], y=LABELS).augment == "none"


@pytest.mark.parametrize(
    "labels",
    [LABELS.astype(np.uint8), LABELS.astype(">i8"), LABELS.astype(float), LABELS[:, None], LABELS.astype("i1")],
)
def test_labels_of_other_types(load, labels):
    targets = load(x=IMAGES, y=labels).train.targets
    assert targets.dtype == torch.int64
    assert targets.tolist() == LABELS.tolist()


@pytest.mark.parametrize("encode", [str, str.encode])
def test_labels_of_text(load, encode):
    names = np.array([encode(name) for name in ("emu", "cat", "dog", "cat", "dog", "emu")])
    data = load(x=IMAGES, y=names, x_test=IMAGES[:1], y_test=names[3:4])
    assert data.classes == ("cat", "dog", "emu")
    assert data.train.targets.tolist() == [2, 0, 1, 0, 1, 2]
    assert data.test is not None
    assert data.test.targets.tolist() == [0]


@pytest.mark.parametrize("key", ["classes", "class_names"])
def test_names_of_classes(load, key):
    assert load(x=IMAGES, y=LABELS, **{key: ["cat", "dog", "emu", "fox"]}).classes == ("cat", "dog", "emu", "fox")


def test_compressed_and_recognised(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=IMAGES, y=LABELS)
    assert len(build("dataset", recognise(tmp_path / "a.npz")).train.targets) == 6


def test_a_part_that_does_not_fit_is_left_to_the_check(load):
    with pytest.raises(DataError, match="the test part has 2 inputs, but 1 targets"):
        check_dataset(load(x=IMAGES, y=LABELS, x_test=IMAGES[:2], y_test=LABELS[:1]))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"a": IMAGES, "y": LABELS}, "has the arrays a, y; expected x_train, y_train"),
        ({}, "has the arrays none; expected"),
        ({"x_test": IMAGES, "y_test": LABELS}, "has the arrays x_test, y_test; expected"),
        ({"x": IMAGES, "y": LABELS, "x_test": IMAGES}, "has the arrays x, y, x_test; expected"),
        ({"x": IMAGES, "images": IMAGES, "y": LABELS}, "two arrays for the inputs of train, among them 'images'"),
        ({"x": IMAGES, "x_train": IMAGES, "y": LABELS}, "two arrays for the inputs of train"),
        ({"x": IMAGES.astype(float), "y": LABELS}, r"must be images, uint8 .* but are float64 \[6, 32, 32, 3\]"),
        ({"x": IMAGES.astype(int), "y": LABELS}, r"but are int64 \[6, 32, 32, 3\]"),
        ({"x": LABELS, "y": LABELS}, r"but are int64 \[6\]"),
        ({"x": IMAGES.astype(complex)[:, 0, 0], "y": LABELS}, r"but are complex128 \[6, 3\]"),
        ({"x": IMAGES, "y": np.eye(6)}, r"the labels of train must be \[N\] or \[N, 1\], N > 0, but are \[6, 6\]"),
        ({"x": IMAGES[:0], "y": LABELS[:0]}, r"N > 0, but are \[0\]"),
        ({"x": IMAGES, "y": [0, 0.5, np.nan, 1, np.inf, 2]}, "must be whole numbers, but not in rows 1, 2, 4"),
        ({"x": IMAGES, "y": LABELS.astype(complex)}, "must be whole numbers or strings, but are complex128"),
        ({"x": IMAGES, "y": LABELS, "x_test": IMAGES, "y_test": LABELS.astype(str)}, "labels of test are strings"),
        ({"x": IMAGES, "y": np.array([None] * 6)}, "holds pickled objects"),
    ],
)
def test_what_is_not_understood(load, arrays, words):
    with pytest.raises(DataError, match=words):
        load(**arrays)


def test_a_file_that_is_missing_or_damaged(tmp_path):
    file = tmp_path / "a.npz"
    with pytest.raises(DataError, match=r"there is no file .*a.npz"):
        build("dataset", f"npz:path={file}")
    np.savez(file, x=IMAGES, y=LABELS)
    whole = file.read_bytes()
    for damaged in (b"", b"no archive", whole[:-100], whole[:5000] + b"????" + whole[5004:]):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match=r"a.npz is damaged, no .npz file, or holds pickled objects"):
            build("dataset", f"npz:path={file}")


def test_an_array_without_a_name(tmp_path):
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, IMAGES)
    with pytest.raises(DataError, match="one array without a name"):
        build("dataset", f"npz:path={tmp_path / 'a.npz'}")


def test_statistics_must_fit(load):
    with pytest.raises(OptionError, match="`std` to be > 0"):
        load({"std": (1.0, -1.0, 1.0)}, x=IMAGES, y=LABELS)
