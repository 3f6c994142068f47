import os
import pickle

import numpy as np
import pytest
import torch

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.grammar import format_spec


def load(path, **options):
    return build("dataset", format_spec("folder", {"path": path, **options}))


@pytest.fixture
def save(tmp_path, image_of):
    """Save a random image: `save("cat/1.png", mode="L")`; its pixels are returned."""

    def write(name, mode="RGB", size=(8, 8), seed=0):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        image = image_of(mode, size, seed)
        image.save(file)
        return np.array(image)

    return write


def test_class_folders(save, tmp_path):
    dog = save("dog/1.png", seed=1)
    cats = [save("cat/b.PNG", seed=2), save("cat/a.png", seed=3), save("cat/more/c.webp", seed=4)]
    (tmp_path / "emu").mkdir()
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / ".git").mkdir()
    save("cat/.cache/1.png")
    data = load(tmp_path)
    assert data.classes == ("cat", "dog", "emu")
    assert check_dataset(data) == ("1 of 3 classes ('emu') have no training image",)
    assert data.train.targets.tolist() == [0, 0, 0, 1]
    decoded = decode(data.train.inputs, torch.arange(4))
    assert decoded[[0, 1, 3]].permute(0, 2, 3, 1).tolist() == [cats[1].tolist(), cats[0].tolist(), dog.tolist()]
    assert (data.test, data.validation, data.mean, data.std) == (None, None, None, None)
    assert (data.augment, data.imbalance) == ("crop:pad=1+flip+cutout:size=2", "none")


@pytest.mark.parametrize("validation", ["val", "validation", "valid"])
def test_parts_in_folders_of_their_own(save, tmp_path, validation):
    for seed, part in enumerate(("train", "train", "test", validation)):
        save(f"{part}/cat/{seed}.png", seed=seed)
        save(f"{part}/dog/{seed}.png", seed=seed + 9)
    data = load(tmp_path)
    assert check_dataset(data) == ()
    assert data.train.targets.tolist() == [0, 0, 1, 1]
    assert data.test is not None
    assert data.validation is not None
    assert data.test.targets.tolist() == data.validation.targets.tolist() == [0, 1]
    assert data.test.inputs.paths == (str(tmp_path / "test/cat/2.png"), str(tmp_path / "test/dog/2.png"))
    assert data.validation.inputs.paths[0] == str(tmp_path / validation / "cat/3.png")


def test_a_class_may_be_called_train(save, tmp_path):
    save("train/1.png")
    save("train/more/2.png")
    save("car/1.png")
    data = load(tmp_path)
    assert data.classes == ("car", "train")
    assert data.train.targets.tolist() == [0, 1, 1]


def test_test_images_without_labels_are_left_out(save, tmp_path):
    save("train/cat/1.png")
    save("test/1.png")
    assert load(tmp_path).test is None


def test_a_class_of_the_test_part_that_training_lacks(save, tmp_path):
    save("train/cat/1.png")
    save("test/images/1.png")
    with pytest.raises(DataError, match=r"test has class folders that .*train has not: images"):
        load(tmp_path)


def test_sizes_and_modes_get_one_form(save, tmp_path):
    for number, mode in enumerate(("RGB", "RGBA", "L", "P", "1", "LA")):
        save(f"cat/{number}.png", mode, (10 + number, 20))
    data = load(tmp_path)
    assert decode(data.train.inputs, torch.arange(6)).shape == (6, 3, 64, 64)
    assert data.augment == "crop:pad=8+flip+cutout:size=16"
    data = load(tmp_path, size=12)
    assert decode(data.train.inputs, torch.arange(6)).shape == (6, 3, 12, 12)
    assert data.augment == "crop:pad=1+flip+cutout:size=3"


def test_grey_images_keep_one_channel_and_are_not_augmented(save, tmp_path):
    pixels = save("cat/1.png", "L", (10, 6))
    save("dog/1.png", "1", (10, 6))
    data = load(tmp_path, mean=(0.5,), std=(0.25,))
    assert data.train.inputs[0].tolist() == [pixels.tolist()]
    assert (data.augment, data.mean, data.std) == ("none", (0.5,), (0.25,))


def test_statistics_must_fit_the_channels(save, tmp_path):
    save("cat/1.png", "L")
    with pytest.raises(OptionError, match="dataset 'folder': Expected `mean` to be 1 numbers"):
        load(tmp_path, mean=(0.5, 0.5, 0.5))


def test_damaged_files_are_listed(save, tmp_path):
    save("cat/good.png")
    for number in range(11):
        (tmp_path / f"cat/{number:02}.png").write_bytes(b"")
    (tmp_path / "cat/x.jpg").write_text("<html>not found</html>")
    with pytest.raises(DataError, match=r"12 of 13 images in .* cannot be read") as caught:
        load(tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:11]] == [f"{tmp_path}/cat/{n:02}.png" for n in range(10)]
    assert lines[11].strip() == "and 2 more"


def test_a_truncated_image_is_found_when_decoded(save, tmp_path):
    for number in range(3):
        save(f"cat/{number}.png", size=(40, 40), seed=number)
    file = tmp_path / "cat/1.png"
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(DataError, match=r"1 of 3 images cannot be used:\n  .*cat/1.png: .*truncated"):
        decode(load(tmp_path).train.inputs, torch.arange(3))


def test_a_name_that_is_no_utf8(image_of, tmp_path):
    try:
        os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")  # noqa: PTH102 - Path takes no bytes
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    image_of().save(tmp_path / os.fsdecode(b"caf\xe9") / "1.png")
    data = load(tmp_path)
    assert data.classes == ("caf\\xe9",)
    assert data.train.inputs[0].shape == (3, 8, 8)


def test_it_pickles(save, tmp_path):
    pixels = save("cat/1.png")
    data = pickle.loads(pickle.dumps(load(tmp_path)))
    assert data.train.inputs[0].permute(1, 2, 0).tolist() == pixels.tolist()


@pytest.mark.parametrize(
    ("files", "path", "words"),
    [
        ([], "missing", "Expected a folder of class folders, but .*missing does not exist"),
        (["a.png"], "a.png", "a.png is a file"),
        ([], ".", "has no class folders; expected .*CLASS/IMAGE or .*train/CLASS/IMAGE"),
        (["a.png"], ".", "has no class folders"),
        (["cat/a.txt", "dog/b.csv"], ".", r"no subfolder of .* \(cat, dog\) holds an image \(.bmp .gif"),
    ],
)
def test_what_is_no_data_set(tmp_path, files, path, words):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=words):
        load(tmp_path / path)
