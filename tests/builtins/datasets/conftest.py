from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def image_of():
    """Make a PIL image of random pixels of a mode: `image_of("RGB", (width, height), seed)`."""
    from PIL import Image

    def make(mode="RGB", size=(8, 8), seed=0):
        shape = (size[1], size[0], *((len(mode),) if mode in {"RGB", "RGBA", "LA"} else ()))
        pixels = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, shape, dtype=np.uint8)
        return Image.fromarray(pixels).convert(mode)

    return make


@pytest.fixture
def shared():
    """The folder of real images, or a skip."""
    folder = Path(os.environ.get("IMBALEARN_SHARED", Path(__file__).parents[3] / "../shared")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}; set IMBALEARN_SHARED")
    return folder
