import numpy as np
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.grammar import format_spec


def load(path, **options):
    return build("dataset", format_spec("list", {"path": path, **options}))


@pytest.fixture
def save(tmp_path, image_of):
    """Save a random image: `save("cat/1.png")`; its pixels `[C, H, W]` are returned."""

    def write(name, mode="RGB", size=(8, 8), seed=0):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        image = image_of(mode, size, seed)
        image.save(file)
        return np.array(image).transpose(2, 0, 1) if mode == "RGB" else np.array(image)[None]

    return write


@pytest.fixture
def listed(tmp_path):
    """Write a list; its path."""

    def write(*lines, name="train.txt", newline="\n", encoding="utf-8"):
        (tmp_path / name).write_bytes(newline.join(lines).encode(encoding))
        return tmp_path / name

    return write


def test_files_and_labels_in_the_order_of_the_list(save, listed):
    # The form of ImageNet_LT_train.txt: a path below the folder of the images, a space, a label.
    pixels = [save(f"train/n0{seed}/n0{seed}_1.PNG", seed=seed) for seed in range(3)]
    data = load(listed("train/n02/n02_1.PNG 1", "train/n00/n00_1.PNG 0", "train/n01/n01_1.PNG 1"))
    assert data.train.targets.tolist() == [1, 0, 1]
    assert data.train.targets.dtype == torch.int64
    assert data.classes == ("0", "1")
    assert decode(data.train.inputs, torch.arange(3)).tolist() == [pixels[row].tolist() for row in (2, 0, 1)]
    assert (data.test, data.validation, data.mean, data.std) == (None, None, None, None)
    assert (data.augment, data.imbalance) == ("crop:pad=1+flip+cutout:size=2", "none")
    assert check_dataset(data) == ()


def test_three_lists_and_a_folder_of_images(save, listed, tmp_path):
    for seed, name in enumerate(("a.png", "b.png", "c.png", "d.png")):
        save(f"images/{name}", seed=seed)
    data = load(
        listed("a.png 0", "b.png 1"),
        validation=listed("c.png 1", name="val.txt"),
        test=listed("d.png 2", name="test.txt"),
        images=tmp_path / "images",
        size=8,
        mean=(0.5, 0.5, 0.5),
        std=(0.2, 0.2, 0.2),
    )
    assert data.validation is not None
    assert data.test is not None
    assert (data.validation.targets.tolist(), data.test.targets.tolist()) == ([1], [2])
    assert data.test.inputs.paths == (str(tmp_path / "images/d.png"),)
    assert (data.classes, data.mean, data.std) == (("0", "1", "2"), (0.5, 0.5, 0.5), (0.2, 0.2, 0.2))
    assert check_dataset(data) == ("1 of 3 classes ('2') have no training image",)


def test_each_list_is_relative_to_its_own_folder(save, listed, tmp_path):
    save("train/1.png")
    save("held/1.png", seed=1)
    data = load(listed("1.png 0", name="train/list.txt"), test=listed("1.png 0", name="held/list.txt"))
    assert data.train.inputs.paths == (str(tmp_path / "train/1.png"),)
    assert data.test is not None
    assert data.test.inputs.paths == (str(tmp_path / "held/1.png"),)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("a b.png 0", "a b.png"),  # only what stands behind the last space is the label
        ("a.png\t0", "a.png"),
        ("  a.png   0  ", "a.png"),
        ("a 7 0", "a 7"),
        ("caf\xe9\x85.png 0", "caf\xe9\x85.png"),  # str.splitlines would end a line at U+0085
    ],
)
def test_names_with_odd_characters(save, listed, tmp_path, line, name):
    save("one.png")
    (tmp_path / "one.png").rename(tmp_path / name)
    assert load(listed(line)).train.inputs.paths == (str(tmp_path / name),)


@pytest.mark.parametrize(("newline", "encoding"), [("\r\n", "utf-8"), ("\n", "utf-8-sig"), ("\n\n", "utf-8")])
def test_lists_as_other_systems_write_them(save, listed, newline, encoding):
    save("a.png")
    data = load(listed("a.png 0", "a.png 1", "", newline=newline, encoding=encoding))
    assert data.train.targets.tolist() == [0, 1]


def test_absolute_names(save, listed, tmp_path):
    save("far/a.png")
    (tmp_path / "empty").mkdir()
    data = load(listed(f"{tmp_path}/far/a.png 0"), images=tmp_path / "empty")
    assert data.train.inputs[0].shape == (3, 8, 8)


def test_images_of_several_sizes_get_one(save, listed):
    save("a.png", size=(9, 20))
    save("b.png", "L", size=(8, 8))
    path = listed("a.png 0", "b.png 1")
    assert decode(load(path).train.inputs, torch.arange(2)).shape == (2, 3, 64, 64)
    assert decode(load(path, size=12).train.inputs, torch.arange(2)).shape == (2, 3, 12, 12)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["a.png 0", "a.png"], r"to be FILE LABEL with a label >= 0, but row 2 is not: 'a.png'"),
        (["a.png -1"], "but row 1 is not: 'a.png -1'"),
        (["a.png 1.0"], "but row 1 is not"),
        (["a.png,0"], "but row 1 is not: 'a.png,0'"),
        (["0"], "but row 1 is not: '0'"),
        (["a.png ²"], "but row 1 is not"),
        (["file label", "a.png 0", "x"], "but rows 1, 3 are not: 'file label'"),
        (["", "  "], "names no image"),
        (["a.png 0", "a.png 2"], "one of 2 images in .*train.txt has the label 2"),
        (["a.png 123456789012345678901"], "has the label 123456789012345678901"),
    ],
)
def test_malformed_lists(save, listed, lines, words):
    save("a.png")
    with pytest.raises(DataError, match=rf"dataset 'list': .*{words}"):
        load(listed(*lines))


def test_files_that_are_missing_or_no_images_are_listed(save, listed, tmp_path):
    save("a.png")
    (tmp_path / "notes.png").write_text("no image")
    names = ["a.png", "notes.png", *(f"gone{number:02}.png" for number in range(10))]
    with pytest.raises(DataError, match=r"11 of 12 images in .*train.txt cannot be read") as caught:
        load(listed(*(f"{name} 0" for name in names)))
    lines = str(caught.value).splitlines()
    assert lines[1].strip() == f"{tmp_path}/notes.png: no image that PIL can read"
    assert lines[2].strip() == f"{tmp_path}/gone00.png: FileNotFoundError: No such file or directory"
    assert lines[-1].strip() == "and 1 more"


def test_separators_of_windows_are_pointed_out(save, listed, tmp_path):
    save("cats/1.png")
    with pytest.raises(DataError) as caught:
        load(listed("cats\\1.png 0"))
    assert str(caught.value).splitlines()[1].strip() == (
        f"{tmp_path}/cats\\1.png: FileNotFoundError: No such file or directory; write / where it has \\"
    )


def test_lists_that_cannot_be_read(save, listed, tmp_path):
    save("a.png")
    for path in (tmp_path / "gone.txt", tmp_path, tmp_path / "a.png"):
        with pytest.raises(DataError, match=f"the list {path} cannot be read"):
            load(path)
    with pytest.raises(DataError, match=r"the list .*gone.txt cannot be read"):
        load(listed("a.png 0"), test=tmp_path / "gone.txt")


def test_options_out_of_range(save, listed):
    save("a.png", "L")
    with pytest.raises(OptionError, match="dataset 'list': Expected `mean` to be 1 numbers"):
        load(listed("a.png 0"), mean=(0.5, 0.5, 0.5))
    with pytest.raises(OptionError, match="dataset 'list': Expected `size` to be >= 1"):
        load(listed("a.png 0"), size=0)
    # An image of that size was decoded before memory was thought of.
    with pytest.raises(OptionError, match="dataset 'list': Expected `size` to be at most 8192, but got 100000"):
        load(listed("a.png 0"), size=100_000)
