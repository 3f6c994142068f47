import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from imbalearn_builtins.datasets.image_form import ImageForm
from imbalearn_builtins.datasets.lazy_images import EncodedImages, FileImages
from imbalearn_torch.errors import DataError

FORM = ImageForm(False, 6, 8, resize=False)


@pytest.fixture
def files(tmp_path, image_of):
    paths = tuple(str(tmp_path / f"{seed}.png") for seed in range(3))
    images = [image_of("RGB", (8, 6), seed) for seed in range(3)]
    for path, image in zip(paths, images, strict=True):
        image.save(path)
    return paths, [torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in images]


@pytest.fixture
def both(files):
    import pyarrow as pa

    paths, pixels = files
    column = pa.chunked_array([[Path(path).read_bytes() for path in paths[:2]], [Path(paths[2]).read_bytes()]])
    return [FileImages(paths, FORM), EncodedImages(column, FORM, "train")], pixels


def test_each_index_gives_its_image(both):
    for images in both[0]:
        assert len(images) == 3
        for index, expected in enumerate(both[1]):
            assert torch.equal(images[index], expected)
        assert torch.equal(images[torch.tensor(1)], both[1][1])
        with pytest.raises(IndexError):
            images[3]


def test_they_pickle(both):
    for images in both[0]:
        assert torch.equal(pickle.loads(pickle.dumps(images))[2], both[1][2])


def test_an_image_that_cannot_be_read_is_named(files, tmp_path):
    (tmp_path / "empty.png").touch()
    images = FileImages((str(tmp_path / "empty.png"), str(tmp_path / "gone.png")), FORM)
    with pytest.raises(DataError, match=r"empty.png: no image that PIL can read$"):
        images[0]
    with pytest.raises(DataError, match=r"gone.png: FileNotFoundError: "):
        images[1]
